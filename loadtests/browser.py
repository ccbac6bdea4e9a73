"""One person's browser: own cookies, own connections, verified TLS, and a stopwatch on every hop.

Redirections are followed one by one, so that a sign-in shows what each hop costs. Think times are relative to the
answer before (a person reads, then acts); only the arrival is independent of the server.
"""

from __future__ import annotations

import gzip
import random
import re
import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode, urljoin, urlsplit

from gevent import ssl as gevent_ssl
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

from loadtests.dispatcher import sleep_until
from loadtests.forms import Filled, Form, Link, assets, errors, forms, links, main_form
from loadtests.recording import COME_BACK, COMPOSITE, Sample
from loadtests.targets import Target

USER_AGENT = "gru-charge/1"
MAX_HOPS = 12
REDIRECTIONS = (301, 302, 303, 307, 308)
TIMEOUT_SECONDS = 60.0
FIRST_VISIT = "première visite"
"""The first page of a visit with all it loads, nothing being cached yet."""
_LABELS = {"portal": "portail", "idp": "connexion", "processing": "agents"}
_VARIABLE = re.compile(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|\d+|[A-Za-z0-9_=.:-]{25,})(?=/|$)")
_STATIC_HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
_STEPS = re.compile(r"^/demarches/[^/]+/remplir/\{\}/(?!verifier/)[^/]+/")
_PROCEDURE = re.compile(r"^/demarches/[^/{]+/")


class JourneyFailed(Exception):
    """What the person came for did not happen; the message is French."""


class Overtaken(JourneyFailed):
    """Somebody else dealt with it first (HTTP 409): the site's right, and everyday life among sixty agents."""


class NotOffered(Exception):
    """This platform has no such page: the journey says so instead of failing."""


def route(url: str, target: Target) -> str:
    """Name of a page, the same for everybody: brick and path, without identifiers."""
    split = urlsplit(url)
    brick = target.hosts().get(split.hostname or "", "")
    path = _VARIABLE.sub("/{}", _STATIC_HASH.sub("", split.path))
    path = _STEPS.sub("/demarches/{}/remplir/{}/{}/", path)
    path = _PROCEDURE.sub("/demarches/{}/", path)
    return f"{_LABELS.get(brick, split.hostname or '?')} {path}"


def trust(target: Target) -> ssl.SSLContext:
    """TLS context that verifies certificates and names with the target's own authority."""
    context: ssl.SSLContext = gevent_ssl.create_default_context(cafile=target.authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True)
class Page:
    """An answer that is not a redirection."""

    url: str
    status: int
    text: str
    hops: int

    @property
    def path(self) -> str:
        """What follows the host in the page's address, without its query."""
        return urlsplit(self.url).path

    @cached_property
    def form(self) -> Form | None:
        """The form one came for."""
        return main_form(self.text)

    @property
    def forms(self) -> list[Form]:
        """Every form of the page."""
        return forms(self.text)

    @property
    def links(self) -> list[Link]:
        """Every link of the page."""
        return links(self.text)

    @property
    def error(self) -> str:
        """What the page says is wrong."""
        return errors(self.text)

    def link(self, pattern: str) -> str | None:
        """Address of the first link whose words or address match."""
        return next((a.href for a in self.links if re.search(pattern, a.text) or re.search(pattern, a.href)), None)


@dataclass
class _Answer:
    status: int
    headers: dict[str, list[str]]
    body: bytes
    carried: int = 0
    """Bytes of the body as they came, compressed or not."""

    def first(self, name: str) -> str:
        return self.headers.get(name, [""])[0]


@dataclass(frozen=True)
class _Hop:
    seconds: float
    size: int
    redirected: bool


@dataclass
class Pace:
    """How fast this person is. `scale` 0 makes a functional check that waits for nothing."""

    scale: float = 1.0
    latency: float = 0.0


@dataclass
class Browser:
    """`due` is the moment (monotonic clock) this person meant to act; `epoch` is moment 0 of the run."""

    target: Target
    context: ssl.SSLContext
    report: Callable[[Sample], None]
    journey: str
    due: float
    epoch: float
    rng: random.Random
    pace: Pace = field(default_factory=Pace)
    run: str = ""
    """Mark of the run, sent with each request, so that the front's journal can tell ours from the others'."""

    def __post_init__(self) -> None:
        self._clients: dict[str, HTTPClient] = {}
        self._answered: set[HTTPClient] = set()
        self._cookies: dict[tuple[str, str], str] = {}
        self._cached: set[str] = set()
        self._referer = ""
        self._spent: list[_Hop] = []
        self._first = True
        self.waiting = False
        """Whether an answer is awaited: a visit cut short then is the platform's doing, else only the run's end."""

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    # ---- What a person does

    def think(self, median: float) -> None:
        """Read or type for a while: log-normal, most people near `median` seconds, a few much longer."""
        pause = min(self.rng.lognormvariate(0, 0.5) * median, 6 * median) * self.pace.scale
        self.due = time.monotonic() + pause
        sleep_until(self.due)

    def open(self, brick: str, path: str, category: str) -> Page:
        """Type an address, or follow a bookmark."""
        return self._visit("GET", self.target.urls[brick] + path, category)

    def follow(self, page: Page, href: str, category: str) -> Page:
        """Follow a link of a page."""
        return self._visit("GET", urljoin(page.url, href), category)

    def submit(self, page: Page, form: Form, filled: Filled, category: str, last: str | None = None) -> Page:
        """Send a form. `last` is the category where the answer leads to another page (the final sending)."""
        body, kind = encode(form, filled)
        return self._visit("POST", urljoin(page.url, form.action or page.url), last or category, body, kind)

    def post_json(self, url: str, fields: dict[str, str], category: str) -> str:
        """What a script of the page asks; the answer's text."""
        kind = "application/x-www-form-urlencoded"
        answer = self._hop("POST", url, category, urlencode(fields).encode(), kind=kind, script=True)
        if answer.status != 200:
            raise JourneyFailed(f"{route(url, self.target)} : réponse {answer.status}")
        return answer.body.decode()

    @contextmanager
    def stopwatch(self, category: str) -> Iterator[None]:
        """Time a group of hops as one: what the person waited, without what they read or typed."""
        before, begun = self._spent, self.due - self.epoch
        inside = self._spent = []
        try:
            yield
        finally:
            before.extend(inside)
            self._spent = before
        self.report(
            Sample(
                round(begun, 6),
                self.journey,
                category,
                category,
                0.0,
                sum(hop.seconds for hop in inside),
                COMPOSITE,
                sum(hop.size for hop in inside),
                "",
                sum(hop.redirected for hop in inside),
            )
        )

    # ---- How

    def _visit(self, method: str, url: str, category: str, body: bytes = b"", kind: str = "") -> Page:
        if self._first:
            self._first = False
            with self.stopwatch(FIRST_VISIT):
                return self._follow(method, url, category, body, kind)
        return self._follow(method, url, category, body, kind)

    def _follow(self, method: str, url: str, category: str, body: bytes, kind: str) -> Page:
        for hop in range(MAX_HOPS):
            answer = self._hop(method, url, category, body, kind=kind)
            if answer.status in REDIRECTIONS and answer.first("location"):
                if answer.status < 307:
                    method, body, kind = "GET", b"", ""
                url = self._only_ours(urljoin(url, answer.first("location")))
                continue
            page = Page(url, answer.status, answer.body.decode("utf-8", "replace"), hop + 1)
            if answer.status >= 400:
                kind_of_failure = Overtaken if answer.status == 409 else JourneyFailed
                raise kind_of_failure(f"{route(url, self.target)} : réponse {answer.status}")
            self._referer = url
            self._load_assets(page)
            return page
        raise JourneyFailed(f"plus de {MAX_HOPS} redirections vers {route(url, self.target)}")

    def _only_ours(self, url: str) -> str:
        if (urlsplit(url).hostname or "") not in self.target.hosts():
            raise JourneyFailed(f"redirection hors de la plateforme, vers {urlsplit(url).hostname}")
        return url

    def _load_assets(self, page: Page) -> None:
        """What a first visit loads besides the page, once each."""
        for path in assets(page.text):
            url = urljoin(page.url, path)
            if url in self._cached or "/fichiers/" in path or "/pieces/" in path:
                continue
            self._cached.add(url)
            self._hop("GET", url, "ressource")

    def _hop(
        self, method: str, url: str, category: str, body: bytes = b"", *, kind: str = "", script: bool = False
    ) -> _Answer:
        start = time.monotonic()
        lag = max(start - self.due, 0.0)
        problem, answer = "", _Answer(0, {}, b"")
        self.waiting = True
        try:
            answer = self._exchange(method, url, body, self._headers(method, url, kind, script))
            if answer.status >= 500 or answer.status == 429:
                problem = f"réponse {answer.status}"
            if answer.status == 503 and answer.first("retry-after"):
                problem = COME_BACK
        except (OSError, HTTPParseError, ValueError) as error:
            problem = f"{type(error).__name__} : {error}"[:120]
        end = time.monotonic()
        self.waiting = False
        step = f"{method} {route(url, self.target)}"
        sample = Sample(
            round(self.due - self.epoch, 6),
            self.journey,
            step,
            category,
            lag,
            end - start,
            answer.status,
            answer.carried,
            problem,
        )
        self.report(sample)
        self._spent.append(_Hop(sample.response, sample.size, answer.status in REDIRECTIONS))
        self.due = end
        if answer.status == 0:
            raise JourneyFailed(f"{step} : {problem}")
        return answer

    def _headers(self, method: str, url: str, kind: str, script: bool) -> dict[str, str]:
        split = urlsplit(url)
        origin = f"{split.scheme}://{split.netloc}"
        headers = {"User-Agent": USER_AGENT, "Accept": "text/html,*/*", "Accept-Encoding": "gzip"}
        if self.run:
            headers["X-Gru-Charge"] = self.run
        host = split.hostname or ""
        cookies = [f"{name}={value}" for (owner, name), value in self._cookies.items() if owner == host]
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        if self._referer.startswith(origin):
            headers["Referer"] = self._referer
        if script:
            headers |= {"X-CSRF-Check": "1", "Accept": "application/json"}
        if method == "POST":
            headers["Origin"] = origin
            headers["Content-Type"] = kind
        return headers

    def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> _Answer:
        split = urlsplit(url)
        path = f"{split.path or '/'}{'?' + split.query if split.query else ''}"
        client = self._client(split.scheme, split.hostname or "", split.port)
        kept = client in self._answered
        try:
            response = client.request(method, path, body, headers)
        except HTTPConnectionClosed:
            # The front closed a connection that had been idle just as we wrote on it: browsers send again on a new one
            # (RFC 9112, section 9.3.1), once, and only where the old connection had served before.
            if not kept:
                raise
            response = client.request(method, path, body, headers)
        self._answered.add(client)
        content = bytes(response.read())
        found: dict[str, list[str]] = {}
        for name, value in response.items():
            found.setdefault(name.lower(), []).extend(value if isinstance(value, list) else [value])
        answer = _Answer(int(response.get_code()), found, content, len(content))
        if answer.first("content-encoding") == "gzip" and content:
            answer.body = gzip.decompress(content)
        self._keep_cookies(split.hostname or "", found.get("set-cookie", []))
        return answer

    def _client(self, scheme: str, host: str, port: int | None) -> HTTPClient:
        key = f"{scheme}://{host}:{port}"
        client = self._clients.get(key)
        if client is None:
            client = HTTPClient(
                host,
                port or (443 if scheme == "https" else 80),
                ssl=scheme == "https",
                ssl_context_factory=(lambda **_: self.context) if scheme == "https" else None,
                connection_timeout=TIMEOUT_SECONDS,
                network_timeout=TIMEOUT_SECONDS,
                concurrency=1,
            )
            if address := self.target.addresses.get(host):
                # The library has no other way to be told where a name is; TLS still verifies the name.
                at, _, own_port = address.partition(":")
                client._connection_pool._connection_host = at
                client._connection_pool._connection_port = int(own_port or client.port or 443)
            self._clients[key] = client
        return client

    def _keep_cookies(self, host: str, lines: list[str]) -> None:
        for line in lines:
            first, *options = line.split(";")
            name, _, value = first.strip().partition("=")
            told = {key.strip().lower(): content for key, _, content in (option.partition("=") for option in options)}
            if told.get("max-age", "1").strip() == "0" or not value.strip('"'):
                self._cookies.pop((host, name), None)
            else:
                self._cookies[host, name] = value


def encode(form: Form, filled: Filled) -> tuple[bytes, str]:
    """Body and content type of a form's answers."""
    if not form.multipart:
        return urlencode(filled.values).encode(), "application/x-www-form-urlencoded"
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in filled.values
    ]
    for upload in filled.uploads:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{upload.name}"; filename="{upload.filename}"\r\n'
        parts.append(f"{head}Content-Type: {upload.content_type}\r\n\r\n".encode() + upload.content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
