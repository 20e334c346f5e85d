"""Evidence: what was used, what is missing and what to ask for, to look at and to pass on."""
