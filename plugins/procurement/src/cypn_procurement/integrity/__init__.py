"""Who counts, what holds, who decides, and a record that gives the same again."""
