"""Commands: what a terminal may ask for."""
