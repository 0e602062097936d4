"""Disputes (chargebacks): a life of their own beside the order's."""
