"""Scorecards: how the rules do on public data of others. Nothing of the data itself is part of Orderloom."""
