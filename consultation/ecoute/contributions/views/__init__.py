"""Pages of contributions: for everybody, for the team."""
