"""The team: accounts, roles, sign-in, the town as people read it."""
