"""The register of a person as pages: rows in words, forms that record, end, correct and withdraw them."""
