"""The cypn command and the exchanges as small Flask services."""
