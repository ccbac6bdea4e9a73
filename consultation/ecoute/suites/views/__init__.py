"""Pages of the follow-ups: for the team, for everybody."""
