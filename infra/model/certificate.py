"""Which certificate browsers are shown: the site's own authority's, the town's files, or one that the host obtains."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyAddress, StringConstraints, field_validator, model_validator

from infra.model.strict import Strict
from infra.model.words import Email, Line

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
DNS_SECRET = "acme_dns_key"  # noqa: S105 - the name of a secret, not a secret
"""The TSIG key (RFC 8945) that lets the front write in the town's DNS; the operator gives it."""
_CA_FILE = "Racine d'une autorité privée (PEM, dans le dossier du site) : hôtes et vérifications s'y fient"


class LocalCertificate(Strict):
    """Signed by the authority that `gru` makes for the site: browsers must be told to trust it."""

    kind: Literal["local"] = "local"

    @property
    def public(self) -> bool:
        """Whether browsers trust it without being told to."""
        return False

    @property
    def ca_file(self) -> str | None:
        """The authority is not a file of the site."""
        return None


class FilesCertificate(Strict):
    """Files that the town was given, in the site's folder; the key must stay out of Git."""

    kind: Literal["files"]
    certificate: Line = Field(description="Certificat suivi de ses intermédiaires (PEM, dans le dossier du site)")
    key: Line = Field(description="Clé privée, sans phrase secrète (PEM) ; à ne jamais mettre dans Git")
    ca_file: Line | None = Field(default=None, description=_CA_FILE)

    @property
    def public(self) -> bool:
        """Whether browsers trust it without being told to."""
        return True


class DnsUpdates(Strict):
    """How the front proves its names in the town's DNS: RFC 2136, which every name server speaks."""

    server: IPvAnyAddress = Field(
        description="Adresse du serveur DNS primaire, qui accepte les mises à jour (RFC 2136)"
    )
    port: int = Field(default=53, ge=1, le=65535)
    key_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")] = Field(
        description="Nom de la clé TSIG ; son secret ne s'écrit pas ici"
    )
    algorithm: Literal["HMAC-SHA256", "HMAC-SHA384", "HMAC-SHA512"] = "HMAC-SHA512"
    wait_seconds: int = Field(
        default=60, ge=0, le=3600, description="Temps laissé aux serveurs secondaires avant la vérification"
    )


class AcmeCertificate(Strict):
    """Obtained and renewed by the front itself (RFC 8555)."""

    kind: Literal["acme"]
    email: Email = Field(description="Adresse que l'autorité prévient")
    directory: str = Field(
        default=LETS_ENCRYPT, description="Annuaire ACME de l'autorité ; l'employer, c'est accepter ses conditions"
    )
    challenge: Literal["http-01", "dns-01"] = Field(
        default="http-01", description="Preuve par le port 80 du frontal (http-01) ou par le DNS de la ville (dns-01)"
    )
    dns: DnsUpdates | None = None
    ca_file: Line | None = Field(default=None, description=_CA_FILE)

    @field_validator("directory")
    @classmethod
    def _over_https(cls, value: str) -> str:
        place = urlsplit(value)
        if place.scheme != "https" or not place.hostname:
            raise ValueError(f"« {value} » n'est pas une adresse https:// (exemple : {LETS_ENCRYPT})")
        return value

    @model_validator(mode="after")
    def _dns_goes_with_dns(self) -> Self:
        if self.challenge == "dns-01" and self.dns is None:
            raise ValueError(
                "« challenge: dns-01 » demande un bloc « dns » : server (le DNS primaire) et key_name (sa clé TSIG)"
            )
        if self.challenge == "http-01" and self.dns is not None:
            raise ValueError("le bloc « dns » ne sert qu'avec « challenge: dns-01 » : retirez-le, ou changez la preuve")
        return self

    @property
    def public(self) -> bool:
        """Whether browsers trust it without being told to."""
        return True


AnyCertificate = Annotated[LocalCertificate | FilesCertificate | AcmeCertificate, Field(discriminator="kind")]

CERTIFICATES: dict[str, type[Strict]] = {"local": LocalCertificate, "files": FilesCertificate, "acme": AcmeCertificate}
"""By kind, as site.yaml writes it."""


def as_inventory(certificate: AnyCertificate, names: list[str]) -> dict[str, Any]:
    """What hosts are told: the block, every key of every kind there, and the names that it must carry."""
    empty = dict.fromkeys(key for model in CERTIFICATES.values() for key in model.model_fields)
    return empty | certificate.model_dump(mode="json") | {"names": names, "public": certificate.public}
