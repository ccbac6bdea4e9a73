"""Settings, URL tables and WSGI entry point of both sites."""
