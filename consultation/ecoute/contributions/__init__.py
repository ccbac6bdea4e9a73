"""What people say, by every channel, in one list."""
