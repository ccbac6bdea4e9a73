"""Agents' pages and accounts."""
