"""Designated providers (定点医药机构) and their practitioners."""
