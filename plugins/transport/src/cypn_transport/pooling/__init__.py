"""Who rides together, in which order, and which vehicle and people carry them.

A library on plain frozen values: it knows nothing of needs, offers or rules. Times are whole
minutes after an instant that is the same for all; a place is anything that *travel* knows.
"""
