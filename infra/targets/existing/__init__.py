"""Servers that exist already and are reached by SSH: nothing is created, they are only recorded."""
