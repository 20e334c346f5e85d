"""A training exchange to copy: crossed legs and a course without times."""
