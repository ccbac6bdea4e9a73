"""Servers that nobody prepared for the platform, and what it makes of them."""
