"""Pages of panels: for everybody, for the team."""
