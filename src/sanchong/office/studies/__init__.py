"""Studies: batch settlement and simulation started from a page, each in a process of its own, one at a time."""
