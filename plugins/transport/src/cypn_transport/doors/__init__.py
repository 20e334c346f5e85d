"""Trips from door to door: many riders, each with an own way, in the same vehicles.

A library on plain frozen values for the dial-a-ride problem as Cordeau and Laporte (2003) state it:
every vehicle starts and ends at the depot, nobody is aboard longer than the ride limit.
"""
