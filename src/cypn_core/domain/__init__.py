"""The words of the hub as frozen values: no framework, no database, no side effect."""
