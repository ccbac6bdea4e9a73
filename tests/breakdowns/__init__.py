"""What happens to a platform sooner or later, done to one on purpose while residents use it (`make campaign`)."""
