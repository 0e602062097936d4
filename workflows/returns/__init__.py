"""Returns: what comes back, what is given back."""
