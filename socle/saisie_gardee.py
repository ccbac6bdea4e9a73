"""What somebody had typed when their session ended: kept until they are known again, and given back to the same page.

The text waits in the new session, on the server; the caller decides whose page it is when it is asked for again.
A page shown to somebody signed in says so in a hidden field (``champ``): whoever signs in next, on a shared computer,
is not given what another wrote. Files are not kept, nor anything for longer than DUREE.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from socle.securite.cles import cles

CLE = "saisie_gardee"
DUREE = 1800
"""Seconds: the time to sign in, or to find a code."""
POIDS_MAX = 20_000
"""Characters of one page; the longest form of ours takes 10,000. A stranger can have a session this long written."""
CHAMP = "_de"
"""Name of the hidden field; no question of a form can have it."""
_JAMAIS = ("csrfmiddlewaretoken", "password", "mot_de_passe", CHAMP)

DIT = "Votre session était terminée. Ce que vous aviez écrit est là : relisez, puis envoyez de nouveau."
SANS_FICHIER = "Les fichiers choisis sont à choisir de nouveau."


def champ(request: HttpRequest) -> SafeString:
    """The hidden field to put in each form whose text is worth keeping; nothing for who is not signed in."""
    qui = next(iter(_de(request)), "")
    return format_html('<input type="hidden" name="{}" value="{}">', CHAMP, qui) if qui else SafeString("")


def avec_compte(request: HttpRequest) -> bool:
    """Whether the page that was sent had been shown to somebody signed in."""
    return bool(request.POST.get(CHAMP))


def _de(request: HttpRequest) -> list[str]:
    """Who is signed in (a resident's account or an agent), as a page may say it by each key; none without."""
    qui = getattr(request, "usager", None) or getattr(request, "user", None)
    if qui is None or qui.pk is None:
        return []
    return [salted_hmac("saisie", str(qui.pk), cle, algorithm="sha256").hexdigest() for cle in cles()]


def garder(request: HttpRequest) -> bool:
    """Keep what was sent to this address. False where there is nothing to keep, too much, or another's page."""
    champs = {nom: request.POST.getlist(nom) for nom in request.POST if nom not in _JAMAIS}
    poids = sum(len(nom) + sum(map(len, valeurs)) for nom, valeurs in champs.items())
    if request.method != "POST" or not any(any(valeurs) for valeurs in champs.values()) or poids > POIDS_MAX:
        return False
    de, lecteur = request.POST.get(CHAMP, ""), _de(request)
    if de and lecteur and de not in lecteur:
        return False
    request.session[CLE] = {
        "de": de,
        "adresse": request.get_full_path(),
        "champs": champs,
        "fichiers": bool(request.FILES),
        "jusqu_a": int(time.time()) + DUREE,
    }
    return True


def gardee(request: HttpRequest) -> dict[str, Any] | None:
    """What waits in this session, for whichever page; None where nothing does any more, or for somebody else."""
    if not request.session.keys():
        return None
    trouvee: dict[str, Any] | None = request.session.get(CLE)
    if trouvee is None:
        return None
    de, lecteur = trouvee.get("de", ""), _de(request)
    if trouvee["jusqu_a"] < time.time() or (de and lecteur and de not in lecteur):
        del request.session[CLE]
        return None
    return trouvee


def textes(request: HttpRequest) -> list[str]:
    """The texts that wait, to show them to who cannot go back to their page; what is chosen in a list is left out."""
    trouvee = gardee(request)
    if trouvee is None:
        return []
    return [valeur for valeurs in trouvee["champs"].values() for valeur in valeurs if len(valeur.strip()) > 1]


def reprendre(request: HttpRequest) -> tuple[QueryDict, str] | None:
    """What was typed on the page now asked for, and what to tell the person; it waits no longer. None without.

    What was typed with an account waits for that account: it is not given to who opens the page without.
    """
    trouvee = gardee(request)
    if request.method != "GET" or trouvee is None or trouvee["adresse"] != request.get_full_path():
        return None
    if trouvee.get("de") and not _de(request):
        return None
    del request.session[CLE]
    donnees = QueryDict(mutable=True)
    for nom, valeurs in trouvee["champs"].items():
        donnees.setlist(nom, valeurs)
    return donnees, f"{DIT} {SANS_FICHIER}" if trouvee["fichiers"] else DIT
