"""Allocation: from where, how many, when."""
