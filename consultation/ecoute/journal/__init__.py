"""Audit trail: who did what and when, as sentences; itself purged."""
