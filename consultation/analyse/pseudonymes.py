"""Proposals to hide what names a person, before coding; a person accepts or refuses each.

Shapes (numbers, addresses, names after a title or a family word), frequent first names, and capitals where a sentence
would have none. Names written like any other word still need a reader: `python -m tests.benchmarks.pseudonymes` says
how many are missed. Pseudonymised text remains personal data (CNIL, 19 May 2020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consultation.analyse.prenoms import PRENOMS


class Genre(StrEnum):
    """What a passage seems to be; the value is the French word put in its place."""

    COURRIEL = "courriel"
    IBAN = "compte bancaire"
    NIR = "numéro de sécurité sociale"
    TELEPHONE = "téléphone"
    PLAQUE = "plaque"
    ADRESSE = "adresse"
    COMMUNE = "commune"
    DATE_NAISSANCE = "date de naissance"
    NOM = "nom"
    REFERENCE = "numéro de dossier"


@dataclass(frozen=True)
class Proposition:
    """A passage [debut, fin) of the text, in characters; `sure` when its shape or check digit leaves no doubt."""

    debut: int
    fin: int
    genre: Genre
    texte: str
    sure: bool


def cle_iban(texte: str) -> bool:
    """ISO 13616 check: moved letters as numbers, remainder 1 modulo 97."""
    compact = re.sub(r"\s", "", texte).upper()
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def cle_nir(texte: str) -> bool:
    """Key of the French social security number: 97 minus the 13 digits modulo 97 (2A and 2B as 19 and 18)."""
    compact = re.sub(r"\s", "", texte).upper()
    corps = compact[:13].replace("2A", "19", 1).replace("2B", "18", 1)
    return len(compact) == 15 and corps.isdigit() and 97 - int(corps) % 97 == int(compact[13:])


def _sure(_: str) -> bool:
    return True


def _a_verifier(_: str) -> bool:
    return False


_MAJUSCULE = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ]"
_PARTICULE = r"(?:de |du |d[’']|le |la |ben |el |van |von |da |dos )"
_NOM = rf"{_MAJUSCULE}[\w’'-]+(?:[ -]{_PARTICULE}?{_MAJUSCULE}[\w’'-]+){{0,3}}"
_VOIE = (
    r"rue|avenue|av\.|boulevard|bd|place|chemin|allée|allee|impasse|route|quai|cours|square|passage|sentier|"
    r"résidence|residence|lotissement|hameau|villa|esplanade|faubourg"
)
_VOIE_SEULE = r"rue|avenue|boulevard|impasse|allée|allee|chemin|résidence|residence|lotissement|hameau"
_LIAISON = r"(?:\s+(?:de|du|des|la|le|les)\b)*"

_TITRE = r"(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MONSIEUR|MADAME|M\.|Mr|[Mm]me|MME|[Mm]lle|Dr|[Dd]octeur|[Mm]aître)"
_PROCHE = (
    r"(?:fils|fille|mari|femme|père|mère|frère|sœur|soeur|beau-père|belle-mère|beau-frère|belle-sœur|belle-soeur|"
    r"voisine?|épouse|époux|conjointe?|compagnon|compagne|ex-mari|ex-femme|papa|maman|tante|oncle|cousine?|neveu|nièce|"
    r"ami|amie|copain|copine|collègue|petit-fils|petite-fille|bébé)"
)
_AVANT_NOM = (
    rf"{_TITRE}(?: et {_TITRE})?|[Mm][’']appelle|[Mm]on nom est|[Ss]igné(?: par)?(?: :)?|[Ff]amille|"
    rf"(?:[Mm]on|[Mm]a|[Ss]on|[Ss]a|[Nn]otre|[Ll]eur|[Ll]e|[Ll]a) {_PROCHE}(?: de)?,?"
)
# After a title, these are functions, not names.
_FONCTION = (
    r"(?!(?:la|le|les|l|un|une|du|de|des|et|ou|qui|que|est|a|au|aux|je|il|elle|on|nous|vous|en|pour|dans|maire|directeur|"
    r"directrice|président|présidente|préfet|préfète|adjoint|adjointe|conseiller|conseillère|député|députée)\b)"
)
_INSTITUTIONS_TEXTE = """
mairie caf cpam cerfa france paris lyon marseille lille toulouse bordeaux nantes strasbourg europe internet web
franceconnect état etat république poste préfecture trésor médiathèque hôtel-de-ville noël pâques toussaint covid
google facebook whatsapp instagram samsung iphone apple android windows word excel whatsapp pôle emploi urssaf sncf
edf gdf insee cnil rgpd pmi ccas cm1 cm2 ce1 ce2 cp atsem siret maire monsieur madame mademoiselle messieurs
mesdames docteur maître conseil école collège lycée espagne italie portugal algérie maroc tunisie turquie sénégal
mali belgique allemagne angleterre roumanie ukraine chine français française françaises anglais arabe ramadan aïd
bonjour bonsoir merci cordialement sécurité sécu sociale assurance bac pacs hlm rsa apl asp als aah mdph ehpad smic
tva ok sms pdf qr iban rib nir centre nord sud est ouest gare internet wifi navigo vitale ameli impôts
"""
_INSTITUTIONS = frozenset(_INSTITUTIONS_TEXTE.split())

MOTIFS: tuple[tuple[Genre, re.Pattern[str], Callable[[str], bool]], ...] = (
    (Genre.COURRIEL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _sure),
    (Genre.IBAN, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"), cle_iban),
    (
        Genre.NIR,
        re.compile(r"\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"),
        cle_nir,
    ),
    (
        Genre.TELEPHONE,
        re.compile(r"(?<!\d)(?:(?:\+|00)33[\s./-]?(?:\(0\)\s?)?|0)[1-9](?:[\s./-]?\d{2}){4}(?!\d)"),
        _sure,
    ),
    (Genre.PLAQUE, re.compile(r"\b[A-HJ-NP-TV-Z]{2}[ -]\d{3}[ -][A-HJ-NP-TV-Z]{2}\b"), _sure),
    (
        Genre.ADRESSE,
        re.compile(
            rf"\b\d{{1,4}}\s?(?:bis|ter|quater)?,?\s+(?:{_VOIE})\b{_LIAISON}"
            rf"(?:\s+(?:[ld][’'])?{_MAJUSCULE}[\w’'-]+|\s+\d{{1,2}}(?=\s+{_MAJUSCULE})|\s+\d{{1,2}}\s+\w+\s+\d{{4}})+"
            rf"(?:,?\s+(?:bâtiment|batiment|bât\.?|bat\.?|escalier|appartement|appt?\.?)\s+\w{{1,4}}\b)*"
        ),
        _sure,
    ),
    (
        Genre.ADRESSE,
        re.compile(rf"\b\d{{1,4}}\s?(?:bis|ter|quater)?,?\s+(?:{_VOIE_SEULE})\b{_LIAISON}\s+(?:[ld][’'])?[\w’'-]+"),
        _a_verifier,
    ),
    (
        Genre.ADRESSE,
        re.compile(
            r"\b(?:[Hh]abit\w+|[Vv]is|[Vv]ivons|[Rr]ésid\w+|[Dd]emeur\w+|[Ll]og\w+|[Dd]omicilié\w*)\s+"
            rf"(?:(?:au|à|dans|sur|en)\s+)?(?:(?:la|le|l[’'])\s*)?(?P<cible>(?:{_VOIE})\b{_LIAISON}"
            rf"(?:\s+(?:[ld][’'])?{_MAJUSCULE}[\w’'-]+)+(?:,?\s+(?:bâtiment|bât\.?|appartement|appt?\.?)\s+\w{{1,4}}\b)*)"
        ),
        _a_verifier,
    ),
    (Genre.COMMUNE, re.compile(rf"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{{3}}\s+{_NOM}"), _a_verifier),
    (
        Genre.DATE_NAISSANCE,
        re.compile(
            r"\b(?:[nN]ée?\s+le|[Dd]ate de naissance\s*:?)\s+(?P<cible>\d{1,2}(?:er)?[/.\s-]\w{1,9}[/.\s-]\d{2,4})"
        ),
        _sure,
    ),
    (Genre.NOM, re.compile(rf"\b(?:{_AVANT_NOM}) (?P<cible>{_NOM})"), _sure),
    (Genre.NOM, re.compile(rf"\b{_TITRE} {_FONCTION}(?P<cible>[^\W\d_]{{3,}})"), _a_verifier),
    (
        Genre.NOM,  # a signature: two or three capitalised words that end the text
        re.compile(rf"(?:[.!?,:\n]\s*)(?P<cible>{_MAJUSCULE}[a-zà-ÿ][\w’'-]* {_NOM})\s*\.?\s*$"),
        _a_verifier,
    ),
    (Genre.REFERENCE, re.compile(r"\b20\d{2}-[A-Z0-9]{4}-[A-Z0-9]{4}\b"), _sure),
    (Genre.REFERENCE, re.compile(r"(?<!\w)[A-Z]?\d(?:\s?\d){7,}(?!\d)"), _a_verifier),
    (
        Genre.REFERENCE,
        re.compile(
            r"(?i:n°|numéro|matricule|dossier|allocataire|agrément|référence|facture|contrat)[^\d\n.;!?]{0,25}"
            r"(?P<cible>[A-Z]{0,3}\d(?:[\s-]?\d){3,})"
        ),
        _a_verifier,
    ),
)
"""In order of precedence: where two overlap, the first wins."""


def proposer(texte: str) -> list[Proposition]:
    """Return the passages that may name somebody, in the order of the text, without overlap."""
    retenues: list[Proposition] = []
    for genre, motif, verifier in MOTIFS:
        cible = "cible" if "cible" in motif.groupindex else 0
        for trouve in motif.finditer(texte):
            debut, fin = trouve.span(cible)
            if all(fin <= p.debut or debut >= p.fin for p in retenues):
                extrait = trouve.group(cible)
                retenues.append(Proposition(debut, fin, genre, extrait, verifier(extrait)))
    retenues += _mots_a_nom(texte, retenues)
    return sorted(retenues, key=lambda proposition: proposition.debut)


def _mots_a_nom(texte: str, retenues: Sequence[Proposition]) -> list[Proposition]:
    """First names, and words whose capital no sentence asks for; never ticked beforehand, unless a surname follows."""
    crie = sum(c.isupper() for c in texte) > sum(c.islower() for c in texte)
    trouves: list[Proposition] = []
    for suite in _SUITE.finditer(texte):
        debut, fin = suite.span()
        if any(debut < p.fin and fin > p.debut for p in retenues) or _apres_lieu(texte[:debut]):
            continue
        mots = suite.group().split()
        prenom = _prenom(mots[0])
        en_tete = not texte[:debut].strip(_OUVRANTS) or texte[:debut].rstrip(_OUVRANTS)[-1:] in _FINS
        if en_tete and not prenom and len(mots) > 1:  # « Avec Thérèse » : only the first capital is the sentence's
            debut = texte.index(mots[1], debut + len(mots[0]))
            mots, en_tete = mots[1:], False
            prenom = _prenom(mots[0])
        connus = all(mot.casefold() in _INSTITUTIONS for mot in mots)
        sigle = all(mot.isupper() for mot in mots)
        if prenom or not (en_tete or connus or sigle or crie):
            trouves.append(Proposition(debut, fin, Genre.NOM, texte[debut:fin], prenom and len(mots) > 1))
    for mot in _MINUSCULE.finditer(texte):  # typed on a phone, without capitals
        debut, fin = mot.span()
        libre = all(fin <= p.debut or debut >= p.fin for p in (*retenues, *trouves))
        if libre and mot.group().split("-")[0] in PRENOMS - _MOTS_COURANTS:
            trouves.append(Proposition(debut, fin, Genre.NOM, mot.group(), False))
    return trouves


_SUITE = re.compile(rf"(?<![\w@/.’'-]){_MAJUSCULE}[\w-]+(?: {_PARTICULE}?{_MAJUSCULE}[\w-]+){{0,3}}")
_MINUSCULE = re.compile(r"(?<![\w@/.’'-])[a-zà-ÿ]{3,}(?:-[a-zà-ÿ]+)?(?![\w@])")
_MOTS_COURANTS = frozenset(["marine", "line", "ambre", "eve", "jade", "guy", "victoria"])
_OUVRANTS, _FINS = ' \t«»"“”(–-', ".!?…\n\r:;"
_LIEUX = re.compile(
    r"(?:école|ecole|collège|lycée|crèche|gymnase|stade|piscine|quartier|rue|avenue|place|boulevard|allée|impasse|salle|"
    r"parc|square|arrêt|gare|ligne|centre|maison|pont|église|hôpital)(?: (?:de la|de l’|de l'|de|du|des))? ?$",
    re.IGNORECASE,
)


def _prenom(mot: str) -> bool:
    return mot.casefold().split("-")[0] in PRENOMS


def _apres_lieu(avant: str) -> bool:
    return bool(_LIEUX.search(avant))


def appliquer(texte: str, acceptees: Sequence[Proposition]) -> str:
    """Replace the accepted passages; one passage said twice has one mark: « [nom 1] ».

    Raises `ValueError` when a proposal does not match the text (it was edited since).
    """
    marques: dict[tuple[Genre, str], str] = {}
    morceaux: list[str] = []
    position = 0
    for proposition in sorted(acceptees, key=lambda p: p.debut):
        if proposition.debut < position or texte[proposition.debut : proposition.fin] != proposition.texte:
            raise ValueError("the proposals do not match this text")
        cle = (proposition.genre, re.sub(r"[\s.-]", "", proposition.texte).casefold())
        rang = 1 + sum(1 for genre, _ in marques if genre == proposition.genre)
        marque = marques.setdefault(cle, f"[{proposition.genre.value} {rang}]")
        morceaux += [texte[position : proposition.debut], marque]
        position = proposition.fin
    return "".join([*morceaux, texte[position:]])
