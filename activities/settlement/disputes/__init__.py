"""Disputes (chargebacks): the case at the bank, the evidence, the reserve."""
