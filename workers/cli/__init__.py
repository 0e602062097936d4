"""The commands that run processes and look after the house."""
