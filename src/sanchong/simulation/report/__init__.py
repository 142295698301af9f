"""The report of a simulation: one page that a policy maker reads, and its tables."""
