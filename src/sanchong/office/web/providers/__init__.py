"""Pages of hospitals and pharmacies: what is said of them, their lists, the forms by which they change."""
