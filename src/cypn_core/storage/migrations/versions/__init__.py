"""One module a migration, in order; a migration that was released never changes."""
