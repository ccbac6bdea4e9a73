"""The acknowledgement of a request: one source for the page, the mail, and later the PDF.

It carries what CRPA R.112-5 asks for: date of receipt, the service with its addresses and telephone, the day
at which silence takes effect and which, ways of appeal or how to get an attestation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from guichet.demarches.definition import Aide, Delai, Silence
from guichet.demarches.models import Service

from . import dates
from .models import Demande


@dataclass(frozen=True)
class AccuseReception:
    reference: str
    titre: str
    recue_le: datetime
    service: Service
    delai: Delai
    echeance: date
    suite: tuple[str, ...]
    recours: str
    attestation: str
    aide: Aide

    @property
    def recue(self) -> str:
        return dates.jour_et_heure(self.recue_le)

    @property
    def effet_du_silence(self) -> str:
        sort = "acceptée" if self.delai.silence is Silence.ACCORD else "refusée"
        return (
            f"Si la mairie ne vous a pas répondu le {dates.jour(self.echeance)}, "
            f"la loi considère votre demande comme {sort} ({self.delai.fondement})."
        )


def accuse_de(demande: Demande) -> AccuseReception:
    definition = demande.definition
    return AccuseReception(
        reference=demande.reference,
        titre=definition.titre,
        recue_le=demande.recue_le,
        service=demande.service,
        delai=definition.delai,
        echeance=demande.echeance_le,
        suite=definition.accuse.suite,
        recours=definition.accuse.recours,
        attestation=definition.accuse.attestation,
        aide=definition.aide,
    )
