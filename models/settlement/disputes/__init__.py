"""Disputes (chargebacks): what they are, what is allowed, what they cost."""
