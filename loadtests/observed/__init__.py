"""What the platform itself saw of a run, read on its hosts over SSH: the generator is not taken at its word."""
