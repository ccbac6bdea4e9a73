"""Home of the team: what to do now, and by when."""
