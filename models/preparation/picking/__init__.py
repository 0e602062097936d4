"""Picking: in which order a hand walks to the places of a pick list, and which orders go on one cart."""
