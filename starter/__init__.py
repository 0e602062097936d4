"""The doors: start, signal, update, query. They read through store read functions."""
