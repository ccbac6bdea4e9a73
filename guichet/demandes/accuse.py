"""The acknowledgement of a request: one source for the page, the mail and the PDF.

It carries what the CRPA asks for (R.112-5; R.112-11-1 for what came electronically): date of receipt, the service
with its postal and e-mail addresses and its telephone, the day at which silence takes effect and which effect, the
missing pieces with the time given (L.114-5), ways of appeal or how to get an attestation (L.232-3). Opened again
later, it says what became of the clock since: suspended, moved by a transfer, stopped by the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from guichet.demandes.delais import Etat, Horloge
from guichet.demandes.lectures import ATTENDUS, TRANSFERTS
from guichet.demandes.models import Canal, Demande, Nature, Transfert
from guichet.demarches.definition import Aide, Delai, Silence
from guichet.demarches.models import Service
from socle.typographie import dates

RECOURS = (
    "Vous avez deux mois pour demander à la mairie de changer d'avis, par lettre ou par e-mail. Dans les mêmes deux "
    "mois, vous pouvez saisir le tribunal administratif, par lettre ou sur le site telerecours.fr."
)

UN_MOMENT = timedelta(minutes=1)
"""A transfer that takes one back was written at most this long before its line of history."""


@dataclass(frozen=True)
class Manquant:
    """What the town waits for: a piece, or the correction of an answer."""

    libelle: str
    explication: str
    limite: date | None


@dataclass(frozen=True)
class Transmission:
    """To whom the request was passed on (L.114-2)."""

    le: date
    vers: str
    autorite: bool
    """Another authority than the town; otherwise another service of the town."""

    @property
    def quand(self) -> str:
        """The day it was passed on, in French words."""
        return dates.jour(self.le)


@dataclass(frozen=True)
class AccuseReception:
    """All that an acknowledgement must say (CRPA R.112-5, R.112-11-1), and where its clock stands."""

    reference: str
    titre: str
    recue_le: datetime
    canal: str
    service: Service
    delai: Delai
    horloge: Horloge
    suite: tuple[str, ...]
    recours: str
    attestation: str
    aide: Aide
    manquants: tuple[Manquant, ...] = ()
    suspendue_depuis: date | None = None
    transmissions: tuple[Transmission, ...] = ()
    repondue: bool = False
    ailleurs: bool = False
    """Another authority has the request now."""

    @property
    def echeance(self) -> date | None:
        """Last day of the town, at whose end silence takes effect; None while it cannot be known."""
        return self.horloge.echeance

    @property
    def recue(self) -> str:
        """Day and hour of reception, in French words."""
        return dates.jour_et_heure(self.recue_le)

    @property
    def limite(self) -> date | None:
        """Last day given to produce what is missing."""
        return max((m.limite for m in self.manquants if m.limite), default=None)

    @property
    def avant_le(self) -> str:
        """The last day in French words; empty while it cannot be known."""
        return dates.jour(self.limite) if self.limite else ""

    @property
    def sort(self) -> str:
        """What silence makes of the request (CRPA L.231-1, L.231-4): « acceptée » or « refusée »."""
        return "acceptée" if self.delai.silence is Silence.ACCORD else "refusée"

    @property
    def en_cours(self) -> bool:
        """Silence may still take an effect, or has taken it: its consequences are worth telling."""
        return self.horloge.etat is not Etat.ARRETEE

    @property
    def effet_du_silence(self) -> str:
        """The sentence of R.112-5, 1°: what silence means, and when."""
        fin, loi = self.horloge.echeance, f"la loi considère votre demande comme {self.sort} ({self.delai.fondement})."
        if self.ailleurs:
            return self.delai_ailleurs
        if not self.en_cours:
            fait = "La mairie vous a répondu" if self.repondue else "Votre demande est terminée"
            return f"{fait} : le délai de la loi ne court plus."
        if fin is None:
            return (
                f"Si la mairie ne vous a pas répondu {self.delai.en_mots} après avoir reçu tout ce qu'elle vous a "
                f"demandé, {loi}"
            )
        if self.horloge.etat is Etat.DEPASSEE:
            return f"La mairie ne vous a pas répondu avant la fin du {dates.jour(fin)} : {loi}{self._suite_du_silence}"
        return f"Si la mairie ne vous a pas répondu le {dates.jour(fin)}, {loi}"

    @property
    def _suite_du_silence(self) -> str:
        """What the person may ask for once silence took effect (CRPA L.232-3, L.232-4)."""
        if self.delai.silence is Silence.ACCORD:
            return " L'attestation de cet accord est sur la page de votre demande ; la mairie vous la donne aussi."
        return " Pendant deux mois, vous pouvez demander les raisons de ce refus : la mairie répond dans le mois."

    @property
    def reserve(self) -> str:
        """The day is told provided that the request is complete (R.112-11-1)."""
        if self.manquants or self.ailleurs or self.horloge.etat is not Etat.COURT:
            return ""
        return (
            "Cette date suppose que votre demande est complète. S'il manque un document, la mairie vous le demande "
            "et vous dit ce que devient le délai."
        )

    @property
    def delai_ailleurs(self) -> str:
        """What silence means once another authority has the request (L.114-3)."""
        if self.delai.silence is Silence.ACCORD or self.horloge.echeance is None:
            return (
                "Le délai au bout duquel l'absence de réponse vaut accord commence le jour où cet organisme reçoit "
                "votre demande."
            )
        return (
            f"Si cet organisme ne vous a pas répondu le {dates.jour(self.horloge.echeance)}, la loi considère votre "
            "demande comme refusée : le délai compte depuis le jour où la mairie l'a reçue."
        )

    @property
    def voies_de_recours(self) -> str:
        """How to contest a refusal. Without these words its time limits would not run (CJA, R.421-5)."""
        return self.recours or RECOURS

    @property
    def rappel_agent(self) -> str:
        """One sentence for agents: the last day and what silence then means; empty where there is no such day."""
        if self.horloge.echeance is None:
            return ""
        effet = "accord" if self.delai.silence is Silence.ACCORD else "refus"
        return f"Sans réponse le {dates.jour(self.horloge.echeance)}, le silence vaut {effet}."

    @property
    def etat_du_delai(self) -> str:
        """Why the clock stands still and what makes it run again; empty while it runs (L.114-5)."""
        if self.horloge.etat is not Etat.SUSPENDUE:
            return ""
        depuis = f" depuis le {dates.jour(self.suspendue_depuis)}" if self.suspendue_depuis else ""
        if self.delai.silence is Silence.ACCORD:
            return (
                f"Le délai est arrêté{depuis} : il manque des éléments à votre demande. Il commencera, en entier, "
                "le jour où la mairie aura tout reçu."
            )
        limite = f", et au plus tard après le {dates.jour(self.limite)}" if self.limite else ""
        return (
            f"Le délai est suspendu{depuis} : il manque des éléments à votre demande. Il reprendra quand la mairie "
            f"les aura reçus{limite}."
        )


def accuse_de(demande: Demande) -> AccuseReception:
    """The acknowledgement of this request as it stands now. Reads what was asked and its transfers: two queries, a
    third where there are several transfers."""
    definition = demande.definition
    return AccuseReception(
        reference=demande.reference,
        titre=definition.titre,
        recue_le=demande.recue_le,
        canal=Canal(demande.canal).label,
        service=demande.service,
        delai=definition.delai,
        horloge=demande.horloge(),
        suite=definition.accuse.suite,
        recours=definition.accuse.recours,
        attestation=definition.accuse.attestation,
        aide=definition.aide,
        manquants=tuple(
            Manquant(c.libelle, c.explication, c.limite_le) for c in ATTENDUS.toutes(demande.pk) if not c.est_question
        ),
        suspendue_depuis=demande.suspendue_depuis,
        transmissions=tuple(
            Transmission(timezone.localtime(t.le).date(), t.vers, t.autorite) for t in _maintenus(demande)
        ),
        repondue=demande.decidee_le is not None,
        ailleurs=demande.nature == Nature.TRANSFEREE,
    )


def _maintenus(demande: Demande) -> list[Transfert]:
    """Its transfers, without those that were taken back nor what took them back."""
    transferts = TRANSFERTS.toutes(demande.pk)
    if len(transferts) < 2:
        return transferts
    annulations = list(demande.evenements.filter(code="transfert_annule").values_list("le", flat=True))
    maintenus: list[Transfert] = []
    for transfert in transferts:
        if maintenus and any(timedelta(0) <= le - transfert.le < UN_MOMENT for le in annulations):
            maintenus.pop()
        else:
            maintenus.append(transfert)
    return maintenus
