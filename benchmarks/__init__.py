"""Speed and decision scorecards. `make bench`, or `python -m benchmarks`."""
