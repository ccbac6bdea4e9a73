"""Opinions that came by mail: read from a mailbox or a file, reread by a person, then added to a dossier."""
