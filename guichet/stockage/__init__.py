"""Files kept in PostgreSQL."""
