"""Insured persons, households, and everything dated about them."""
