"""PDF written again with what is on its pages: what acts, opens, sends or hides a file is left behind.

What may act in a PDF (ISO 32000-2, 12.6) hangs from the catalogue, a page, an annotation, a form field, a name or a
bookmark: those are made anew from the short lists below. What remains (contents, fonts, pictures, patterns) is then
walked to the last object, arrays and direct dictionaries included, and loses whatever looks like an action or points to
a file. Answers typed in a form, and comments, are first drawn on the page: they stay readable. The title and the tags
that screen readers follow are kept. Signatures do not survive.

Runs in the workshop's children (`atelier.py`); nothing else may call it on a file of a stranger.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Stream, StreamDecodeLevel

from socle.fichiers.reponse import Faute, Refuse

CATALOGUE = frozenset(
    {
        "/Type", "/Pages", "/Lang", "/OCProperties", "/PageLabels", "/StructTreeRoot", "/MarkInfo",
        "/ViewerPreferences",
    }
)  # fmt: skip
ARBRE = frozenset({"/Type", "/Parent", "/Kids", "/Count", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
PAGE = frozenset(
    {
        "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
        "/Rotate", "/UserUnit", "/Group", "/StructParents", "/Tabs",
    }
)  # fmt: skip
RESSOURCES = frozenset(
    {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet", "/Properties"}
)
FIGURES = frozenset({"/Image", "/Form"})  # no PostScript
FIGURE = frozenset(
    {
        "/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/OC", "/Name", "/Width",
        "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode", "/Interpolate",
        "/SMask", "/SMaskInData", "/Matte", "/Filter", "/DecodeParms", "/Length", "/StructParent", "/StructParents",
    }
)  # fmt: skip
# Whatever holds one of these, at any depth, loses it.
AGISSANTS = frozenset(
    {
        "/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/AcroForm", "/Names", "/EmbeddedFiles", "/EmbeddedFile",
        "/EF", "/AF", "/RF", "/RichMediaContent", "/RichMediaSettings", "/Collection", "/Next", "/PA", "/Launch",
        "/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/A", "/Dest", "/Metadata", "/PieceInfo", "/Ref",
        "/OPI", "/Alternates", "/FFilter", "/FDecodeParms", "/Requirements", "/Annots", "/Outlines", "/Threads",
        "/SpiderInfo", "/Obj", "/Perms", "/Legal", "/DSS",
    }
)  # fmt: skip
# Names that are the file's own: a font may be called /A.
REPERTOIRES = RESSOURCES - {"/ProcSet"} | {"/CharProcs", "/Colorants"}
ACTES = frozenset(
    {
        "/JavaScript", "/Launch", "/URI", "/GoTo", "/GoToR", "/GoToE", "/GoToDp", "/SubmitForm", "/ResetForm",
        "/ImportData", "/Rendition", "/Movie", "/Sound", "/Named", "/Hide", "/SetOCGState", "/Thread", "/Trans",
        "/GoTo3DView", "/RichMediaExecute",
    }
)  # fmt: skip
TYPES_INTERDITS = frozenset({"/Action", "/Filespec", "/F", "/EmbeddedFile", "/Annot", "/Sig"})
PLUSIEURS_LIGNES = 1 << 12  # of a text field's flags
CHAMPS = 20_000  # of a form, looked at for a signature
LIENS = 2_000  # of a document; beyond, none is needed to read it


def reecrire(contenu: bytes, pages_max: int) -> tuple[bytes, bool]:
    """The PDF, written again; and whether it was signed, which it no longer is.

    Raises Refuse: damaged, locked, without page or with more than `pages_max`, a form whose answers cannot be
    drawn whole (XFA without fields, or left to the reader to draw).
    """
    try:
        with pikepdf.open(io.BytesIO(contenu), suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            _sans_trou(pdf)
            if not 1 <= pages <= pages_max:
                raise Refuse(Faute.PAGES)
            signe = _est_signe(pdf)
            _dessiner(pdf)
            _refaire(pdf)
            _parcourir(pdf)
            sortie = io.BytesIO()
            # Streams go through as they are: decompressing them is the reader's business, page by page.
            pdf.save(
                sortie,
                object_stream_mode=ObjectStreamMode.generate,
                stream_decode_level=StreamDecodeLevel.none,
                encryption=False,
                deterministic_id=True,
            )
            _sans_trou(pdf)
    except pikepdf.PasswordError:
        raise Refuse(Faute.VERROUILLE) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError):
        raise Refuse(Faute.ABIME) from None
    return sortie.getvalue(), signe


def _sans_trou(pdf: pikepdf.Pdf) -> None:
    """An object that memory was too short for is nothing to qpdf, which goes on: half a document is not kept."""
    if any("bad_alloc" in str(avis) for avis in pdf.get_warnings()):
        raise Refuse(Faute.TROP_GRAND)


def _dessiner(pdf: pikepdf.Pdf) -> None:
    """Draw on the pages what is in form fields and comments."""
    formulaire = pdf.Root.get("/AcroForm")
    if isinstance(formulaire, Dictionary):
        if "/XFA" in formulaire and not _champs(formulaire):
            raise Refuse(Faute.FORMULAIRE)
        if formulaire.get("/NeedAppearances"):
            _dessiner_les_reponses(pdf, formulaire)
    pdf.flatten_annotations()


def _dessiner_les_reponses(pdf: pikepdf.Pdf, formulaire: Dictionary) -> None:
    """Keep answers as their program drew them; draw them where it left that to the reader.

    qpdf draws one line of ASCII, and « ? » for the rest. Raises Refuse: FORMULAIRE, where an answer would not be whole.
    """
    remplis = list(_remplis(pdf))
    if remplis and all(_est_dessine(reponse) for reponse, _ in remplis):
        del formulaire["/NeedAppearances"]
        return
    if any(not texte.isascii() or not texte.isprintable() or _a_des_lignes(reponse) for reponse, texte in remplis):
        raise Refuse(Faute.FORMULAIRE)
    pdf.generate_appearance_streams()


def _remplis(pdf: pikepdf.Pdf) -> Iterator[tuple[Dictionary, str]]:
    """Fields on the pages in which a text was typed or chosen, each with it."""
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        for une in annotations if isinstance(annotations, Array) else ():
            if not isinstance(une, Dictionary) or une.get("/Subtype") != Name.Widget:
                continue
            if _herite(une, "/FT") in (Name.Tx, Name.Ch) and (texte := _texte(_herite(une, "/V"))):
                yield une, texte


def _herite(champ: Dictionary, cle: str) -> object:
    """What a field says, or one that it belongs to."""
    noeud: object = champ
    for _ in range(100):
        if not isinstance(noeud, Dictionary):
            break
        if cle in noeud:
            return noeud[cle]
        noeud = noeud.get("/Parent")
    return None


def _texte(valeur: object) -> str:
    if isinstance(valeur, Array):  # several choices
        return " ".join(_texte(une) for une in valeur)
    if isinstance(valeur, Stream):
        return valeur.read_bytes().decode("latin-1")
    return str(valeur) if isinstance(valeur, pikepdf.String) else ""


def _est_dessine(champ: Dictionary) -> bool:
    """Whether its look shows a text: that of a blank form is there too, and empty."""
    vues = champ.get("/AP")
    vue = vues.get("/N") if isinstance(vues, Dictionary) else None
    return isinstance(vue, Stream) and any(montrer in vue.read_bytes() for montrer in (b"Tj", b"TJ"))


def _a_des_lignes(champ: Dictionary) -> bool:
    drapeaux = _herite(champ, "/Ff")
    return _herite(champ, "/FT") == Name.Tx and isinstance(drapeaux, int) and bool(drapeaux & PLUSIEURS_LIGNES)


def _est_signe(pdf: pikepdf.Pdf) -> bool:
    """Whether a signature field holds a signature (ISO 32000-2, 12.8); an empty one waits for it."""
    formulaire = pdf.Root.get("/AcroForm")
    pile = [formulaire.get("/Fields")] if isinstance(formulaire, Dictionary) else []
    for _ in range(CHAMPS):
        if not pile:
            break
        objet = pile.pop()
        if isinstance(objet, Array):
            pile.extend(objet)
        elif isinstance(objet, Dictionary):
            if _herite(objet, "/FT") == Name.Sig and isinstance(_herite(objet, "/V"), Dictionary):
                return True
            pile.append(objet.get("/Kids"))
    return False


def _champs(formulaire: Dictionary) -> bool:
    champs = formulaire.get("/Fields")
    return isinstance(champs, Array) and len(champs) > 0


def _refaire(pdf: pikepdf.Pdf) -> None:
    titre = pdf.docinfo.get("/Title") if "/Info" in pdf.trailer else None
    for cle in set(pdf.trailer.keys()) - {"/Root", "/Size", "/ID"}:
        del pdf.trailer[cle]
    if isinstance(titre, pikepdf.String):
        pdf.docinfo["/Title"] = titre
    _garder(pdf.Root, CATALOGUE)
    restants = LIENS
    for page in pdf.pages:
        liens = _liens(page.obj, restants)
        restants -= len(liens)
        parent = page.obj.get("/Parent")
        for _ in range(100):  # inherited values live there
            if not isinstance(parent, Dictionary):
                break
            _garder(parent, ARBRE)
            parent = parent.get("/Parent")
        _garder(page.obj, PAGE)
        if liens:
            page.obj.Annots = Array(liens)


def _garder(objet: Object, cles: frozenset[str]) -> None:
    for cle in set(objet.keys()) - cles:
        del objet[cle]


def _liens(page: Object, restants: int) -> list[Dictionary]:
    annotations = page.get("/Annots")
    if not isinstance(annotations, Array):
        return []
    trouves = (_lien(annotation) for annotation in annotations)
    return [lien for lien in trouves if lien is not None][: max(restants, 0)]


def _lien(annotation: Object) -> Dictionary | None:
    """A link to a page of the web, made anew from its place and its address."""
    if not isinstance(annotation, Dictionary) or annotation.get("/Subtype") != Name.Link:
        return None
    action, place = annotation.get("/A"), annotation.get("/Rect")
    if not isinstance(action, Dictionary) or action.get("/S") != Name.URI or not isinstance(place, Array):
        return None
    adresse = _adresse(action.get("/URI"))
    if adresse is None:
        return None
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([float(cote) for cote in list(place)[:4]]),
        Border=Array([0, 0, 0]),
        A=Dictionary(S=Name.URI, URI=pikepdf.String(adresse)),
    )


def _adresse(valeur: Object | None) -> str | None:
    if not isinstance(valeur, pikepdf.String):
        return None
    adresse = str(valeur)
    if not adresse.isascii() or not adresse.isprintable() or len(adresse) > 2_000:
        return None
    morceaux = urlsplit(adresse)
    return adresse if morceaux.scheme in ("http", "https") and morceaux.netloc else None


def _parcourir(pdf: pikepdf.Pdf) -> None:
    """Visit all that the pages reach, and take out what may act or names a file."""
    vus: set[tuple[int, int]] = set()
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = pdf.make_indirect(page.obj.Annots)
            vus.add(page.obj.Annots.objgen)  # the links just made
    pages = {page.obj.objgen for page in pdf.pages}
    pile: list[tuple[Object, str]] = [(pdf.Root, "")]
    while pile:
        objet, place = pile.pop()
        if objet.is_indirect:
            if objet.objgen in vus:
                continue
            vus.add(objet.objgen)
        if isinstance(objet, Array):
            pile.extend((element, place) for element in objet if _est_compose(element))
            continue
        repertoire = place in REPERTOIRES and isinstance(objet, Dictionary)
        _depouiller(objet, page=objet.is_indirect and objet.objgen in pages, repertoire=repertoire)
        for cle in list(objet.keys()):
            valeur = objet[cle]
            if _est_compose(valeur):
                # A directory's entries have names of their own, which say nothing of what they are.
                pile.append((valeur, "" if repertoire else cle))


def _est_compose(objet: object) -> bool:
    return isinstance(objet, (Array, Dictionary, Stream))


def _depouiller(objet: Object, *, page: bool, repertoire: bool) -> None:
    """Take out of one dictionary what may act. Of a page, links are kept; in a directory, a font may be called /A."""
    for cle in set(objet.keys()):
        valeur = objet[cle]
        if repertoire:
            de_trop = not (_est_compose(valeur) or isinstance(valeur, Name)) or cle in AGISSANTS - {"/A"}
        else:
            gardee = (page and cle == "/Annots") or (cle == "/A" and _attributs(valeur))
            de_trop = cle in AGISSANTS and not gardee
        if de_trop or (isinstance(valeur, (Dictionary, Stream)) and _sorte(valeur, "/Type") in TYPES_INTERDITS):
            del objet[cle]
    if not repertoire and _sorte(objet, "/S") in ACTES:
        del objet["/S"]
    if isinstance(objet, Stream):
        if "/F" in objet:  # its data in another file
            del objet["/F"]
        sorte = _sorte(objet, "/Subtype")
        if sorte in FIGURES and ("/BBox" in objet or "/Width" in objet):
            _garder(objet, FIGURE)
        elif sorte == "/PS":
            objet.write(b"")


def _attributs(valeur: Object) -> bool:
    """Attributes of a tag (which cells head a column), which have the key of an action and always an owner."""
    ensemble = list(valeur) if isinstance(valeur, Array) else [valeur]
    return all(isinstance(un, Dictionary) and "/O" in un and "/S" not in un for un in ensemble)


def _sorte(objet: Object, cle: str) -> str:
    valeur = objet.get(cle)
    return str(valeur) if isinstance(valeur, Name) else ""
