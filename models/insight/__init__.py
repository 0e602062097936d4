"""Insight: are the promises kept."""
