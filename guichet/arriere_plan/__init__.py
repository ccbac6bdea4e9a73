"""Task queue in PostgreSQL."""
