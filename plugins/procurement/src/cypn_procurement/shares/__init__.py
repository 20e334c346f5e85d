"""What each member pays and gets back: by risk, by head, with VAT, credits and surplus."""
