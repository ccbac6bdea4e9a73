"""Where a stack is seen from outside and from its hosts, what a site's own database role sees: shared by the checks."""

from __future__ import annotations

from typing import Any

from testinfra.host import Host


def public_url(variables: dict[str, Any], function: str) -> str:
    """Public address of a function, without a slash at the end. `variables` are a host's, or the shared ones."""
    port = int(variables["gru_https_port"])
    return f"https://{variables['gru_names'][function]}{'' if port == 443 else f':{port}'}"


_READ = """
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile="/etc/ssl/gru/authority.crt")
if sys.argv[2]:
    context.load_cert_chain("/etc/ssl/gru/host.crt", "/etc/ssl/gru/host.key")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
print(opener.open(sys.argv[1], timeout=20).read().decode())
"""


def read_inside(host: Host, url: str, *, shows_certificate: bool = True) -> str:
    """What `url` answers to a host of the platform, which checks that the platform's authority vouches for its name.

    The host shows its own certificate, which figures are not given without. Raises AssertionError when nobody answers.
    """
    return host.check_output("python3 -c %s %s %s", _READ, url, "yes" if shows_certificate else "")


def database_says(host: Host, settings: str, query: str) -> str:
    """What the database answers to a site's own role, or why it refuses.

    `settings` is the site's file of settings (``guichet/portail``).
    """
    code = (
        "import os, sys, psycopg\n"
        "told = {name: os.environ['SITE_DB_' + name.upper()]"
        " for name in ('host', 'user', 'password', 'sslrootcert')}\n"
        "with psycopg.connect(dbname=os.environ['SITE_DB_NAME'], sslmode='verify-full', **told) as c:\n"
        "    print(c.execute(sys.argv[1]).fetchone()[0])\n"
    )
    program = settings.partition("/")[0]
    result = host.run(f"set -a; . /etc/{settings}.env; /opt/{program}/current/venv/bin/python -c %s %s", code, query)
    return result.stdout.strip() if result.rc == 0 else result.stderr.strip().splitlines()[-1]
