"""Olist's public marketplace data as orders, catalogue and stock. Nothing of the data itself is part of Orderloom."""
