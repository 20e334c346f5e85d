"""Contracts over time: when they end, when notice is due, the yearly review."""
