"""The same step over columns. Needs the extra ``batch`` (numba, numpy, pyarrow)."""
