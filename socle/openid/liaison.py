"""TLS to the identity provider, kept between questions: reading the host's authorities takes ten times a question."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter

REPOS = 10.0
"""Seconds after which a connection is not used again; the front closes one that is idle after fifteen."""


@lru_cache(maxsize=4)
def _contexte(autorites: Path, _ecrites: float) -> ssl.SSLContext:
    """What a server has to prove: by these authorities, read again when their file changes."""
    if autorites.is_dir():
        return ssl.create_default_context(capath=autorites)
    return ssl.create_default_context(cafile=autorites)


class Liaison(HTTPAdapter):
    """Requests' own, whose connections outlive the session that asks; certificates are checked as before."""

    def __init__(self) -> None:
        super().__init__(pool_connections=2, pool_maxsize=8)
        self._dernier = 0.0

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Ask; on a new connection if the last question was some time ago."""
        maintenant = monotonic()
        if maintenant - self._dernier > REPOS:
            self.poolmanager.clear()
        self._dernier = maintenant
        return super().send(request, *args, **kwargs)

    def build_connection_pool_key_attributes(self, request: PreparedRequest, verify: Any, cert: Any = None) -> Any:
        """requests' hook: authorities already read, instead of a file to read for each connection."""
        hote, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if not verify or hote["scheme"] != "https":
            return hote, tls
        autorites = Path(verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
        gardes = {cle: valeur for cle, valeur in tls.items() if not cle.startswith("ca_cert")}
        return hote, {**gardes, "ssl_context": _contexte(autorites, autorites.stat().st_mtime)}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """requests' hook, that would give each connection the file again: the context knows it."""
        if not verify:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """The session ends, the connections stay."""


LIAISON = Liaison()
