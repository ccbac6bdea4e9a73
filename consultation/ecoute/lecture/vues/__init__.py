"""Pages of the reading."""
