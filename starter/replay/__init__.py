"""Lives recorded orders through the HTTP door, and accounts for each of them."""
