"""Settings of the web server (gunicorn), the same for every site; sizes come from the environment.

The listening socket is systemd's: during a restart new connections wait in its queue and none is refused.
"""

import gc
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

bind: list[str] = []  # the socket comes from systemd
wsgi_app = os.environ["SITE_WSGI"]
worker_class = "gthread"
workers = int(os.environ.get("SITE_WORKERS", "2"))
threads = int(os.environ.get("SITE_THREADS", "4"))
# The code is loaded once and its memory shared by the workers.
preload_app = True
timeout = 60  # seconds a request may take before its worker is ended
graceful_timeout = 25  # seconds given to requests under way when the service stops
keepalive = 30  # seconds; longer than the front's own, so that it is the front that closes
max_requests = 20_000  # a worker is renewed after so many requests: no slow leak grows for weeks
max_requests_jitter = 2_000
worker_tmp_dir = os.environ.get("RUNTIME_DIRECTORY", "/tmp")  # noqa: S108
control_socket_disable = True
proc_name = os.environ.get("SITE_PROCESS_NAME", "gunicorn")
errorlog = "-"
# The front speaks TLS to this host, and checks its certificate. Without these (a site without hosts), plain HTTP.
certfile = os.environ.get("SITE_TLS_CERTIFICATE") or None
keyfile = os.environ.get("SITE_TLS_KEY") or None

_contexte: ssl.SSLContext | None = None


def _lire_certificat() -> None:
    """Read the certificate once for all workers, before they are born.

    gunicorn would read it for each connection, and each connection would begin from nothing: the keys of resumed
    sessions belong to the context, and the front, which opens a connection a request, may meet any worker.
    """
    global _contexte  # noqa: PLW0603
    if certfile:
        _contexte = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        _contexte.load_cert_chain(certfile, keyfile)
        _contexte.num_tickets = 1


def ssl_context(config: Any, default_ssl_context_factory: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """gunicorn's hook: what a connection begins from."""
    return _contexte or default_ssl_context_factory()


def on_starting(server: Any) -> None:
    """Counters of a former life would be added to ours."""
    dossier = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if dossier:
        for fichier in Path(dossier).glob("*.db"):
            fichier.unlink(missing_ok=True)
    _lire_certificat()


def on_reload(server: Any) -> None:
    """The certificate changed (systemctl reload): new workers show the new one, former ones end what they began."""
    _lire_certificat()


def when_ready(server: Any) -> None:
    """What was loaded stays for good: the collector need not visit its 300,000 objects, nor workers copy its pages.

    The portal's catalogue costs 3.1 ms of processor with this, 4.2 without (three times 150 requests, one process).
    """
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """What runs beside the pages begins in the process that serves: a thread does not survive a fork."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    if demarrer := getattr(settings, "APRES_DEMARRAGE", ""):
        import_string(demarrer)()


def child_exit(server: Any, worker: Any) -> None:
    """gunicorn's hook: the figures of a worker that ended no longer count as alive."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
