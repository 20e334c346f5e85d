"""What a member sees of its needs and deals: what to do next, answers, deals, dates."""
