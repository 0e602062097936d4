"""Settlement: what is owed, taken, paid out, booked."""
