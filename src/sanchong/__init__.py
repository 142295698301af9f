"""Sanchong (三重)."""
