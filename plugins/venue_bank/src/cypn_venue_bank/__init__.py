"""Venue bank: rooms, halls and storage for cypn hubs."""
