"""The law that the office settles by: bundles by hash, what is in force here, and which illustrations are accepted."""
