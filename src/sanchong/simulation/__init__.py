"""Simulation: a synthetic population with its year, for `sanchong batch settle`. Needs the extra `batch`."""
