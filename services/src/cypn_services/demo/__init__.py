"""The demo network: invented groups with the needs that were really stated, matched today."""
