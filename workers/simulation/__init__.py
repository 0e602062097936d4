"""The world around Orderloom, played: couriers, a bench, reviewers, customers, and a demo in which they all meet."""
