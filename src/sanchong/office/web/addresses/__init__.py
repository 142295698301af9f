"""Addresses of the pages, one file a family of pages; each offers ``ADDRESSES``."""
