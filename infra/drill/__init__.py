"""A restoration tried whole: a copy made of backups alone, compared with its source, used, destroyed.

Start with `course` (what happens, in order); `comparison` says what differs, `proof` keeps what was found.
"""
