"""Packing: which boxes take the goods at the lowest cost, and how the goods lie in them."""
