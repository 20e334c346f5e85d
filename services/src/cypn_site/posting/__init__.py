"""Posting a need or an offer one question a screen, and what one has posted."""
