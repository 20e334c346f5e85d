"""HTTP: operations derived from declarations, strict at the edge, problems in plain words."""
