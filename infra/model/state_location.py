"""Where a site's state lives: on the operator's machine, or in a store that several people and a pipeline share.

No credential is written here: the site's folder can be published. They come from the environment or from the files
that S3's and PostgreSQL's own tools read (`infra/shared_state`).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from infra.model.words import Bucket

_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/?")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Location(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HereState(_Location):
    """The state directory of the operator's machine."""

    kind: Literal["here"] = "here"

    def words(self) -> str:
        """How an operator calls this place."""
        return "la machine de l'exploitant"

    def identity(self) -> tuple[str, ...]:
        """What makes it another place when it changes."""
        return (self.kind,)


class S3State(_Location):
    """A bucket of a store that speaks S3."""

    kind: Literal["s3"]
    endpoint: str = Field(description="Adresse du service, comme https://s3.exemple.fr")
    bucket: Bucket = Field(description="Conteneur, créé d'avance, privé")
    prefix: str = Field(default="gru", description="Début du nom des objets")
    region: _Words = Field(default="us-east-1", description="Région que le service attend dans les signatures")
    path_style: bool = Field(default=True, description="Conteneur dans le chemin (vrai) ou dans le nom d'hôte (faux)")
    ca_file: _Words | None = Field(default=None, description="Autorité (PEM) du service, si elle n'est pas publique")

    @field_validator("endpoint")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not _ENDPOINT.fullmatch(value):
            raise ValueError(f"« {value} » n'est pas une adresse de service comme https://s3.exemple.fr")
        return value.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _a_prefix(cls, value: str) -> str:
        if not _PREFIX.fullmatch(value):
            raise ValueError(f"« {value} » : lettres, chiffres, points et tirets, séparés par des barres obliques")
        return value

    def words(self) -> str:
        """How an operator calls this place."""
        return f"{self.endpoint}, conteneur {self.bucket}, dossier {self.prefix}"

    def identity(self) -> tuple[str, ...]:
        """What makes it another place when it changes."""
        return (self.kind, self.endpoint, self.bucket, self.prefix)


class PostgresqlState(_Location):
    """A table `gru_state` of a database."""

    kind: Literal["postgresql"]
    host: _Words = Field(description="Nom du serveur, ou dossier de sa prise Unix")
    port: int = Field(default=5432, ge=1, le=65535)
    database: _Words
    user: _Words
    ca_file: _Words | None = Field(default=None, description="Autorité (PEM) du serveur, si elle n'est pas publique")

    def words(self) -> str:
        """How an operator calls this place."""
        return f"PostgreSQL {self.host}:{self.port}, base {self.database}"

    def identity(self) -> tuple[str, ...]:
        """What makes it another place when it changes."""
        return (self.kind, self.host, str(self.port), self.database)


StateLocation = Annotated[HereState | S3State | PostgresqlState, Field(discriminator="kind")]
"""What ``state:`` may be in site.yaml."""

STATE_KINDS = ("here", "s3", "postgresql")
