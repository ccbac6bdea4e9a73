"""Placement as policy: typed rules over what a site plans, run before anything is made."""
