"""A population with its year, settled and loaded in bulk: for a city's size, where services would take days."""
