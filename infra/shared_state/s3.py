"""A store that speaks S3.

A write that must not replace anything says ``If-None-Match: *`` (AWS, MinIO, Ceph and recent Swifts honour it).
Where a store ignores that header, or answers that it does not know it (Swift 2.35, Debian 13's), the look before the
write still stands, and the lock, which needs no such condition, keeps writers apart.
"""

from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import urllib3
from minio import Minio
from minio.credentials.providers import AWSConfigProvider, ChainedProvider, EnvAWSProvider
from minio.error import MinioException, S3Error

from infra.model.state_location import S3State
from infra.shared_state.store import StoreError, StoreSilent

CONNECT_SECONDS, READ_SECONDS = 5, 20
_PRECONDITION_FAILED = 412

_REFUSALS = {
    "NoSuchBucket": "le conteneur « {bucket} » n'existe pas. Créez-le (privé), ou corrigez state.bucket",
    "AccessDenied": "ces identifiants n'ont pas le droit de lire et d'écrire dans « {bucket} »",
    "InvalidAccessKeyId": "la clé d'accès (AWS_ACCESS_KEY_ID) n'est pas connue",
    "SignatureDoesNotMatch": "la clé secrète (AWS_SECRET_ACCESS_KEY) n'est pas la bonne",
    "AuthorizationHeaderMalformed": "la région « {region} » n'est pas celle du service (state.region)",
    "RequestTimeTooSkewed": "l'horloge de cette machine n'est pas à l'heure. Réglez-la (timedatectl), puis recommencez",
    "EntityTooLarge": "l'état est plus gros que ce que le service accepte",
    "QuotaExceeded": "le conteneur est plein. Libérez de la place ou augmentez son quota",
}


class _Clocked(urllib3.PoolManager):
    """Remembers what time the store said it was: ages do not depend on this machine's clock."""

    store_time: datetime | None = None

    def urlopen(self, method: str, url: str, redirect: bool = True, **options: Any) -> Any:  # type: ignore[override]
        answer = super().urlopen(method, url, redirect, **options)
        if said := answer.headers.get("Date"):
            self.store_time = parsedate_to_datetime(said)
        return answer


class _Client(Minio):
    """minio's client, with the one condition it does not offer."""

    def put_new(self, bucket: str, key: str, content: bytes) -> bool:
        """Write where nothing is; whether it was written."""
        try:
            self._execute("PUT", bucket, key, body=content, headers={"If-None-Match": "*"})
        except S3Error as error:
            if error.response.status == _PRECONDITION_FAILED:
                return False
            if error.code != "NotImplemented":
                raise
            self._execute("PUT", bucket, key, body=content)
        return True


class S3Store:
    """Objects ``prefix/stack/key`` of one bucket."""

    def __init__(self, location: S3State, stack: str) -> None:
        """Look for credentials; nothing is asked of the store yet.

        Raises:
            StoreError: no credentials, or no such file of authorities.
        """
        self.words = location.words()
        self._location = location
        self._root = f"{location.prefix}/{stack}/"
        if location.ca_file and not Path(location.ca_file).is_file():
            raise StoreError(f"Autorité introuvable (state.ca_file) : {location.ca_file}.")
        self._http = _Clocked(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=urllib3.Retry(
                total=2, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504), raise_on_status=False
            ),
            ca_certs=location.ca_file or os.environ.get("SSL_CERT_FILE") or _system_authorities(),
            cert_reqs="CERT_REQUIRED",
        )
        provider = ChainedProvider([EnvAWSProvider(), AWSConfigProvider()])
        try:
            provider.retrieve()
        except (ValueError, OSError) as error:
            raise StoreError(
                f"Identifiants absents pour l'état partagé ({self.words}). Donnez AWS_ACCESS_KEY_ID et"
                " AWS_SECRET_ACCESS_KEY dans l'environnement, ou écrivez-les dans ~/.aws/credentials."
            ) from error
        secure = location.endpoint.startswith("https://")
        self._client = _Client(
            location.endpoint.partition("://")[2],
            region=location.region,
            secure=secure,
            credentials=provider,
            http_client=self._http,
        )
        if not location.path_style:
            self._client.enable_virtual_style_endpoint()  # type: ignore[no-untyped-call]

    def read(self, key: str) -> bytes | None:
        """See `Store`."""
        try:
            answer = self._client.get_object(self._location.bucket, self._root + key)
            content: bytes = answer.read()
            answer.release_conn()
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject"):
                return None
            raise self._in_words(error) from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._in_words(error) from error
        return content

    def create(self, key: str, content: bytes) -> bool:
        """See `Store`."""
        if self.read(key) is not None:
            return False
        try:
            return self._client.put_new(self._location.bucket, self._root + key, content)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._in_words(error) from error

    def write(self, key: str, content: bytes) -> None:
        """See `Store`."""
        try:
            self._client.put_object(self._location.bucket, self._root + key, io.BytesIO(content), len(content))
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._in_words(error) from error

    def remove(self, key: str) -> None:
        """See `Store`."""
        try:
            self._client.remove_object(self._location.bucket, self._root + key)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._in_words(error) from error

    def ages(self, prefix: str) -> dict[str, float]:
        """See `Store`."""
        try:
            listed = list(self._client.list_objects(self._location.bucket, self._root + prefix, recursive=True))
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._in_words(error) from error
        now = self._http.store_time or datetime.fromtimestamp(time.time(), UTC)
        return {
            str(one.object_name).removeprefix(self._root): max(0.0, (now - one.last_modified).total_seconds())
            for one in listed
            if one.last_modified is not None
        }

    def _in_words(self, error: Exception) -> StoreError:
        """What the store said, as a sentence; `StoreSilent` when trying again later makes sense."""
        where = f"État partagé ({self.words})"
        if isinstance(error, S3Error):
            known = _REFUSALS.get(str(error.code))
            if known:
                return StoreError(f"{where} : {known.format(**self._location.model_dump())}.")
            sentence = f"{where} : le service répond « {error.code} : {error.message} »."
            return StoreSilent(sentence) if error.response.status >= 500 else StoreError(sentence)
        text = str(error)
        if "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
            return StoreError(
                f"{where} : le certificat du service n'est pas signé par une autorité connue de cette machine."
                " Donnez la sienne (state.ca_file)."
            )
        if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
            return StoreError(f"{where} : ce service ne parle pas https à cette adresse. Corrigez state.endpoint.")
        return StoreSilent(
            f"{where} : le service ne répond pas ({_short(error)}). Vérifiez state.endpoint et le réseau, puis"
            " recommencez."
        )


def _system_authorities() -> str | None:
    """Debian's bundle, which holds what the operator added to the machine; else the library's own."""
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    return str(bundle) if bundle.is_file() else None


def _short(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return type(reason).__name__ if len(str(reason)) > 120 else str(reason)
