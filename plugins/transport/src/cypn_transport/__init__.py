"""Shared transport: vehicle, driver and group for cypn hubs."""
