"""The catalogue of drugs, consumables and services, by dated editions."""
