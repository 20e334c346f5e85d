"""Which pools to form from many needs and quotes: exactly where SciPy is there, else greedily."""
