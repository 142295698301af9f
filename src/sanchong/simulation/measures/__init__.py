"""What a simulation measures: pure functions on arrays of whole fen."""
