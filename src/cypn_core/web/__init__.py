"""HTTP: operations derived from what exchanges declare, strict at the edge, problems in plain words."""
