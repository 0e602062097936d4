"""Review: may the order go on, and who must agree."""
