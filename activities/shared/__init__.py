"""The step journal, the database pool, marks of steps: what every stage of steps shares."""
