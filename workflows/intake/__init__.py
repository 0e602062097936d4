"""Intake: is this an order, is it new, how urgent."""
