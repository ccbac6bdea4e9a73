"""Data protection: sheet approved before opening, retention, erasure with its proof, rights of a person."""
