"""From where at the least cost: the exact choice for one order, prices of scarce stock, and whole days at once."""
