"""Care: what the customer hears, asks, changes."""
