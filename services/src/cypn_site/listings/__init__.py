"""Who agreed to be listed by name: the page that anybody may read."""
