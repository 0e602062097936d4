"""Money, ids, errors and state machines: what every stage shares."""
