"""Secrets, keys and certificates changed while the platform serves: what there is, in which order, how it is proved."""
