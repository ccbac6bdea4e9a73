"""Pages of workshops: for everybody, for the team."""
