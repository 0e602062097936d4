"""Scorecards: a rule or model that decides, measured on data it has not seen."""
