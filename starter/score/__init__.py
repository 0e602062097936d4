"""Scorecards: what decides, rules and models alike, measured on public data of others that is no part of Orderloom."""
