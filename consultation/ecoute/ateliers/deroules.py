"""The only ways a run sheet changes; its minutes always add up to something the page can compare with the slot."""

from __future__ import annotations

from collections.abc import Sequence as Suite
from datetime import datetime, timedelta

from django.db import transaction

from consultation.ecoute.ateliers.modeles import MODELES
from consultation.ecoute.ateliers.models import Atelier, Sequence

PAS_MIN = 5  # minutes: a facilitator reads a clock, not a stopwatch


def duree_prevue(atelier: Atelier) -> int:
    """Minutes between the beginning and the end that were announced."""
    return int((atelier.fin - atelier.debut).total_seconds() // 60)


def repartir(minutes: Suite[int], total: int) -> list[int]:
    """Stretch or shrink durations so that they add up to `total`, each a multiple of five minutes at least five.

    Largest remainders first, as seats are shared; when `total` is not a multiple of five, the last moment takes the
    rest. When even five minutes a moment do not fit, every moment gets five and the sum exceeds `total`.
    """
    pas, reste = divmod(total, PAS_MIN)
    if pas < len(minutes):
        return [PAS_MIN] * len(minutes)
    libres = pas - len(minutes)
    poids = [max(0, m - PAS_MIN) for m in minutes]
    if not any(poids):
        poids = list(minutes)
    somme = sum(poids)
    parts = [libres * p / somme for p in poids]
    entiers = [int(part) for part in parts]
    ordre = sorted(range(len(parts)), key=lambda i: entiers[i] - parts[i])
    for i in ordre[: libres - sum(entiers)]:
        entiers[i] += 1
    durees = [(1 + n) * PAS_MIN for n in entiers]
    durees[-1] += reste
    return durees


@transaction.atomic
def adapter(atelier: Atelier, code: str) -> None:
    """Replace the run sheet by a template whose minutes fill the slot announced."""
    moments = MODELES[code].moments
    durees = repartir([m.minutes for m in moments], duree_prevue(atelier))
    atelier.sequences.all().delete()
    Sequence.objects.bulk_create(
        Sequence(atelier=atelier, ordre=rang, minutes=n, titre=m.titre, consigne=m.consigne, materiel=m.materiel)
        for rang, (m, n) in enumerate(zip(moments, durees, strict=True))
    )


@transaction.atomic
def ajouter(sequence: Sequence) -> Sequence:
    """A moment more, before the last one: a workshop ends by saying what comes next."""
    suite = list(sequence.atelier.sequences.all())
    suite.insert(max(0, len(suite) - 1), sequence)
    sequence.save()
    _ranger(suite)
    return sequence


@transaction.atomic
def enlever(sequence: Sequence) -> None:
    """A moment less."""
    atelier = sequence.atelier
    sequence.delete()
    _ranger(list(atelier.sequences.all()))


@transaction.atomic
def deplacer(sequence: Sequence, pas: int) -> None:
    """One place earlier (-1) or later (+1); nothing at the ends."""
    suite = list(sequence.atelier.sequences.all())
    rang = next(i for i, autre in enumerate(suite) if autre.pk == sequence.pk)
    suite.insert(min(max(0, rang + pas), len(suite) - 1), suite.pop(rang))
    _ranger(suite)


def _ranger(suite: list[Sequence]) -> None:
    for rang, une in enumerate(suite):
        une.ordre = rang
    Sequence.objects.bulk_update(suite, ["ordre"])


def horaires(atelier: Atelier) -> list[tuple[datetime, Sequence]]:
    """Each moment with the instant it begins."""
    heure, moments = atelier.debut, []
    for sequence in atelier.sequences.all():
        moments.append((heure, sequence))
        heure += timedelta(minutes=sequence.minutes)
    return moments
