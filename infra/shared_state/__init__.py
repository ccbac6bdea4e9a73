"""A site's state in a store that several operators and a pipeline share: see README.md."""
