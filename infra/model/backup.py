"""Where a site's backups are kept, when they are made and for how long: the block ``backup:`` of site.yaml.

No credential is written here. The key that encrypts is drawn once (`infra.secret_store`), those of a store that
somebody else runs are given by the operator (`infra.given_secrets`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from infra.model.strict import Strict
from infra.model.words import Bucket, WebAddress, Word

S3_KEY = "backup_s3_key"
S3_SECRET = "backup_s3_secret"  # noqa: S105 - the name of a secret, not a secret
"""Secrets that open the bucket; the operator gives both."""

_FOLDER = re.compile(r"/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


class _Backup(Strict):
    hour: int = Field(default=2, ge=0, le=23, description="Heure de la sauvegarde du jour (heure de Paris)")
    keep_days: int = Field(
        default=30, ge=1, le=3650, description="Jours pendant lesquels on peut revenir à n'importe quel instant"
    )
    full_every_days: int = Field(
        default=7, ge=1, le=90, description="Jours entre deux sauvegardes complètes ; les autres disent ce qui a changé"
    )


class HostBackup(_Backup):
    """A host of the platform, that which carries the function ``backup_repository``."""

    kind: Literal["host"]


class S3Backup(_Backup):
    """A bucket of a store that speaks S3, elsewhere."""

    kind: Literal["s3"]
    endpoint: WebAddress = Field(description="Adresse du service, comme https://s3.exemple.fr")
    bucket: Bucket = Field(description="Conteneur, créé d'avance, privé")
    region: Word = Field(default="us-east-1", description="Région que le service attend dans les signatures")
    prefix: str = Field(default="/gru", description="Dossier du conteneur")

    @field_validator("endpoint")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        if not value.startswith("https://") or value.rstrip("/").count("/") > 2:
            raise ValueError(f"« {value} » n'est pas une adresse de service comme https://s3.exemple.fr")
        return value.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _a_prefix(cls, value: str) -> str:
        if not _FOLDER.fullmatch(value) or ".." in value:
            raise ValueError(f"« {value} » : un dossier comme /gru, de lettres, chiffres, points et tirets")
        return value


AnyBackup = Annotated[HostBackup | S3Backup, Field(discriminator="kind")]

BACKUPS: dict[str, type[Strict]] = {"host": HostBackup, "s3": S3Backup}
"""By kind, as site.yaml writes it."""


def as_inventory(backup: HostBackup | S3Backup | None) -> dict[str, Any]:
    """What hosts are told: every key of every kind; ``kind`` is null where the site has no backup."""
    empty = dict.fromkeys(key for model in BACKUPS.values() for key in model.model_fields)
    return empty | (backup.model_dump(mode="json") if backup else {})
