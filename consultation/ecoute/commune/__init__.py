"""The town that listens: one row, known to every page, mail and document."""
