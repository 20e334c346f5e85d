"""What the hub holds, told in plain words: bodies, schedules, states. Pure functions."""
