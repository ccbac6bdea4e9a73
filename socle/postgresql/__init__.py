"""Django's back end for PostgreSQL, with less to ask the server."""
