"""Bringing a database to a release: the rights of the sites' roles, and the command that deployments run."""
