"""One outbox: whatever its channel and whoever sends it, a message to somebody is a row."""
