"""What other sites may show of the hub: read-only, and only what anybody may read."""
