"""The whole order: its messages, states and tables. The nine stages meet here."""
