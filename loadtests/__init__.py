"""Load tests that an operator can believe. Start with README.md, then `workload.py` and `dispatcher.py`."""
