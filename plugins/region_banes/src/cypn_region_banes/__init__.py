"""Bath and North East Somerset as a cypn region."""
