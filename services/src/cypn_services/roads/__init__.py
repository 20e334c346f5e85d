"""Routing services that the hub may ask how far and how long it is by road."""
