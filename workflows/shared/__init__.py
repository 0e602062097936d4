"""Waiting, acting, undoing: the few ways in which a workflow deals with the world."""
