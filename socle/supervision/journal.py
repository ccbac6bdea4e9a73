"""What the journal says of a request: the pattern of its address, never the address, which may be a key."""

from __future__ import annotations

import logging


class SansCle(logging.Filter):
    """Puts the route in place of the path in Django's own lines (errors, refusals of CSRF)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line through."""
        requete = getattr(record, "request", None)
        chemin = getattr(requete, "path", None)
        if chemin and isinstance(record.args, tuple):
            trouvee = getattr(requete, "resolver_match", None)
            dit = f"/{trouvee.route}" if trouvee else "(adresse inconnue)"
            record.args = tuple(dit if argument == chemin else argument for argument in record.args)
        return True
