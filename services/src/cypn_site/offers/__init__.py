"""What a holder does with an offer beyond its words: closing times, terms, listing, calendar."""
