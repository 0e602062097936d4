"""What things are and what is allowed: messages, rules, states, tables. No I/O outside tables."""
