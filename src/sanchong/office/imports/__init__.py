"""Tables from outside, CSV or Excel: read without trust, previewed without writing, applied whole or not at all."""
