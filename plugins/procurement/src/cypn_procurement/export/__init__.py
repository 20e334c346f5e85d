"""Closed pools for others to read: open contracting data, and tables."""
