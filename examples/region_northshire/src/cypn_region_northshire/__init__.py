"""Northshire, an invented region to copy."""
