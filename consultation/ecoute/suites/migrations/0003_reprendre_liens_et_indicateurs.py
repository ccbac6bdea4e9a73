"""From free fields of an action to typed links and measured indicators; backwards keeps the first of each."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import migrations


def nombre_et_unite(texte: str) -> tuple[Decimal | None, str]:
    """« 42 % » as a number and its unit; None where there is no number first."""
    debut, _, reste = texte.strip().replace("\u202f", "").replace("\u00a0", " ").partition(" ")
    try:
        valeur = Decimal(debut.rstrip("%").replace(",", "."))
    except InvalidOperation:
        return None, ""
    if not valeur.is_finite() or abs(valeur) >= 10**12:
        return None, ""
    return round(valeur, 2), ("%" if debut.endswith("%") else reste.strip())


def avancer(apps: Any, schema_editor: Any) -> None:
    action_de = apps.get_model("suites", "Action")
    livraison_de, indicateur_de, releve_de = (
        apps.get_model("suites", nom) for nom in ("Livraison", "Indicateur", "Releve")
    )
    etape_de = apps.get_model("suites", "Etape")
    for action in action_de.objects.all():
        if action.lien_genre and action.lien:
            livraison_de.objects.create(action=action, genre=action.lien_genre, reference=action.lien)
        if not action.indicateur:
            continue
        textes = {"avant": action.avant, "apres": action.apres}
        lus = {quand: nombre_et_unite(texte) for quand, texte in textes.items() if texte}
        mots = [f"{quand} : {textes[quand]}" for quand, (valeur, _) in lus.items() if valeur is None]
        unite = next((unite for valeur, unite in lus.values() if valeur is not None and unite), "")
        indicateur = indicateur_de.objects.create(
            action=action, nom=action.indicateur, unite=unite[:40], source="main", origine=" ; ".join(mots)[:200]
        )
        for quand, (valeur, _) in lus.items():
            if valeur is not None:
                releve_de.objects.create(indicateur=indicateur, quand=quand, valeur=valeur)
    for proposition in apps.get_model("suites", "Proposition").objects.exclude(decide_le=None):
        etape_de.objects.create(
            proposition=proposition, genre="decision", impact=proposition.impact, portee=proposition.portee,
            effort=proposition.effort, decision=proposition.decision, pourquoi=proposition.motif,
            le=proposition.decide_le, par=proposition.decide_par,
        )  # fmt: skip


def reculer(apps: Any, schema_editor: Any) -> None:
    for action in apps.get_model("suites", "Action").objects.all():
        livraison = action.livraisons.first()
        if livraison is not None:
            action.lien_genre, action.lien = livraison.genre, livraison.reference
        indicateur = action.indicateurs.first()
        if indicateur is not None:
            action.indicateur = indicateur.nom
            for releve in indicateur.releves.all():
                texte = f"{releve.valeur.normalize():f} {indicateur.unite}".replace(".", ",").strip()
                setattr(action, releve.quand, texte)
        action.save()


class Migration(migrations.Migration):
    dependencies = [("suites", "0002_fil_des_suites")]

    operations = [migrations.RunPython(avancer, reculer)]
