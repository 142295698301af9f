"""Insured people who sign in themselves, and those who act for them."""
