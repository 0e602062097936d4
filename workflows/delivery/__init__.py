"""Delivery: who carries it, where is it, when will it arrive."""
