"""Shared procurement: buying pools for cypn hubs."""
