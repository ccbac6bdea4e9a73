"""Saves what a host keeps, tells what is saved, and brings it back: PostgreSQL by pgBackRest, the rest by restic.

Installed by role `backup`, with `gru-backup` to ask it. Start with `command` and `host`.
"""
