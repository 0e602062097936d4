"""When things happen. `order.py` reads from top to bottom as the life of an order."""
