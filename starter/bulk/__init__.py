"""Files full of orders: read, handed in at the HTTP door, accounted for in a journal."""
