"""Pages of dossiers: for the team, for everybody."""
