"""The coordinator's desk: what waits, checks, seasons, acting for a group, the log."""
