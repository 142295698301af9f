"""Visits, settlements and the ledger: the only app whose services move money."""
