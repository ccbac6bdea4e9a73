"""Strangers' files are opened by a process that can do nothing else, and come back with what is seen and no more."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from socle.fichiers import atelier, isolement
from socle.fichiers.reponse import Faute, Refuse
from tests.socle import hostiles

MIO = 2**20


def a_plat(contenu: bytes) -> bytes:
    """All that a PDF holds, decompressed, as text."""
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(contenu)) as document:
        document.save(
            sortie,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    return sortie.getvalue()


ACTIFS = (
    b"/JavaScript", b"/JS", b"alert", b"/OpenAction", b"/AA", b"/Launch", b"cmd.exe", b"evil.example", b"/GoToR",
    b"/XFA", b"/RichMedia", b"/EmbeddedFile", b"/Filespec", b"/AcroForm", b"FWS film", b"MZ programme", b"/Names",
)  # fmt: skip


@pytest.mark.parametrize("sorte", hostiles.PDF)
def test_a_pdf_loses_what_acts_and_keeps_its_page(sorte: str) -> None:
    avant = hostiles.pdf(hostiles.PDF[sorte])
    assert any(mot in a_plat(avant) for mot in ACTIFS), "the attack is there"
    apres = a_plat(isolement.reecrire_pdf(avant, 200))
    assert [mot for mot in ACTIFS if mot in apres] == []
    assert b"(Facture) Tj" in apres
    with pikepdf.open(io.BytesIO(apres)) as document:
        assert "/A" in document.pages[0].obj.Resources.Font, "a font that is called as an action is"


def _dans_une_figure(document: pikepdf.Pdf, cache: Dictionary) -> None:
    figure = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    figure.PieceInfo = cache
    document.pages[0].obj.Resources.XObject = Dictionary(F=figure)


def _dans_les_proprietes(document: pikepdf.Pdf, cache: Dictionary) -> None:
    document.pages[0].obj.Resources.Properties = Dictionary(JS=pikepdf.String(hostiles.JS), X=cache, Y=Array([cache]))


def _dans_une_police(document: pikepdf.Pdf, cache: Dictionary) -> None:
    document.pages[0].obj.Resources.Font.A.Cache = Array([Array([Dictionary(Encore=cache)])])


def _dans_l_arbre_des_pages(document: pikepdf.Pdf, cache: Dictionary) -> None:
    document.Root.Pages.Cache = cache
    document.Root.Pages.AA = Dictionary(O=cache)


def _dans_un_calque(document: pikepdf.Pdf, cache: Dictionary) -> None:
    document.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary(AS=Array([cache])))


@pytest.mark.parametrize(
    "ou", [_dans_une_figure, _dans_les_proprietes, _dans_une_police, _dans_l_arbre_des_pages, _dans_un_calque]
)
def test_what_acts_is_found_however_deep(ou: Callable[[pikepdf.Pdf, Dictionary], None]) -> None:
    def cacher(document: pikepdf.Pdf) -> None:
        ou(document, Dictionary(S=Name.JavaScript, JS=hostiles.JS, Next=Array([Dictionary(S=Name.Launch)])))

    apres = a_plat(isolement.reecrire_pdf(hostiles.pdf(cacher), 200))
    assert [mot for mot in ACTIFS if mot in apres] == []


def test_links_to_the_web_are_kept_and_no_other() -> None:
    adresses = (
        "https://www.exemple.fr/aide", "http://exemple.fr", "javascript:alert(1)", "file:///etc/passwd",
        "\\\\evil.example\\share", "mailto:a@exemple.fr", "https:///sans-hote", "https://exemple.fr/\n",
    )  # fmt: skip

    def lier(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Annots = Array(
            [
                Dictionary(
                    Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), AA=Dictionary(E=Dictionary()),
                    A=Dictionary(S=Name.URI, URI=pikepdf.String(a), Next=Dictionary(S=Name.Launch)),
                )
                for a in adresses
            ]
        )  # fmt: skip

    with pikepdf.open(io.BytesIO(isolement.reecrire_pdf(hostiles.pdf(lier), 200))) as document:
        liens = list(document.pages[0].obj.Annots)
        assert [str(lien.A.URI) for lien in liens] == ["https://www.exemple.fr/aide", "http://exemple.fr"]
        assert {cle for lien in liens for cle in set(lien.A.keys())} == {"/S", "/URI"}


def _formulaire(valeur: str, dessin: bytes | None, *, a_dessiner: bool = True, drapeaux: int = 0) -> bytes:
    """A PDF whose field « nom » holds this, drawn so, or left to the reader to draw."""

    def remplir(document: pikepdf.Pdf) -> None:
        polices = document.pages[0].obj.Resources
        champ = document.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("nom"), Rect=Array([0, 0, 300, 20]),
                V=pikepdf.String(valeur), DA=pikepdf.String("/A 12 Tf"), Ff=drapeaux,
            )
        )  # fmt: skip
        if dessin is not None:
            vue = document.make_stream(
                dessin, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 300, 20]), Resources=polices
            )
            champ.AP = Dictionary(N=vue)
        document.pages[0].obj.Annots = Array([champ])
        document.Root.AcroForm = Dictionary(Fields=Array([champ]), DR=polices, NeedAppearances=a_dessiner)

    return hostiles.pdf(remplir)


@pytest.mark.parametrize("a_dessiner", [False, True])
def test_answers_typed_in_a_form_stay_as_they_were_drawn(a_dessiner: bool) -> None:
    dessin = "BT /A 12 Tf (Zoé Lefèvre) Tj 0 -12 Td (12 rue des Lilas) Tj ET".encode("latin-1")
    contenu = _formulaire("Zoé Lefèvre\n12 rue des Lilas", dessin, a_dessiner=a_dessiner, drapeaux=1 << 12)
    apres = a_plat(isolement.reecrire_pdf(contenu, 200))
    assert dessin in apres
    assert b"/Widget" not in apres


@pytest.mark.parametrize("dessin", [None, b"/Tx BMC EMC"], ids=["nothing", "the blank form"])
def test_answers_left_to_the_reader_are_drawn_or_the_form_is_refused(dessin: bytes | None) -> None:
    """Never « Zo? Lef?vre », nor the first line of an address alone."""
    assert b"(Camille Durand)" in a_plat(isolement.reecrire_pdf(_formulaire("Camille Durand", dessin), 200))
    for valeur, drapeaux in (("Zoé Lefèvre", 0), ("12 rue\ndes Lilas", 0), ("12 rue des Lilas", 1 << 12)):
        with pytest.raises(Refuse) as refus:
            isolement.reecrire_pdf(_formulaire(valeur, dessin, drapeaux=drapeaux), 200)
        assert refus.value.faute is Faute.FORMULAIRE


@pytest.mark.parametrize(
    ("contenu", "faute"),
    [
        (b"%PDF-1.7\nrien", Faute.ABIME),
        (hostiles.pdf(lambda d: d.pages.extend([d.pages[0]] * 3)), Faute.PAGES),
        (
            hostiles.pdf(lambda d: d.Root.__setattr__("AcroForm", Dictionary(XFA=d.make_stream(b"<x/>")))),
            Faute.FORMULAIRE,
        ),
    ],
)
def test_what_cannot_be_written_again_is_refused(contenu: bytes, faute: Faute) -> None:
    with pytest.raises(Refuse) as refus:
        isolement.reecrire_pdf(contenu, 3)
    assert refus.value.faute is faute


def _chiffre(lecteur: str, version: int = 6) -> bytes:
    """A PDF that nobody but its author may copy or change, opened with this password."""
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(hostiles.pdf(lambda _: None))) as document:
        droits = pikepdf.Permissions(extract=False, modify_other=False, print_highres=False)
        document.save(
            sortie, encryption=pikepdf.Encryption("auteur", lecteur, version, droits, version > 3, version > 3)
        )
    return sortie.getvalue()


@pytest.mark.parametrize("version", [3, 4, 6])
def test_what_opens_without_a_password_is_taken_and_what_needs_one_is_not(version: int) -> None:
    """Banks and administrations forbid copying in what they give to be shown: it is read as any other."""
    apres = isolement.reecrire_pdf(_chiffre("", version), 200)
    assert b"(Facture) Tj" in a_plat(apres)
    with pikepdf.open(io.BytesIO(apres)) as document:
        assert not document.is_encrypted
    with pytest.raises(Refuse) as refus:
        isolement.reecrire_pdf(_chiffre("secret", version), 200)
    assert refus.value.faute is Faute.VERROUILLE


def test_a_signature_that_is_lost_is_told() -> None:
    ecrit, signe = isolement.reecrire_document(hostiles.signable(signe=True), 200)
    assert signe
    assert b"/Sig" not in a_plat(ecrit)
    assert not isolement.reecrire_document(hostiles.signable(signe=False), 200)[1], "a place for one is not one"
    assert not isolement.reecrire_document(hostiles.pdf(lambda _: None), 200)[1]


def _descendants(pid: int) -> Iterator[int]:
    for tache in Path(f"/proc/{pid}/task").glob("*/children"):
        for enfant in tache.read_text().split():
            yield int(enfant)
            yield from _descendants(int(enfant))


class Pointe:
    """The largest memory, in MiB, that any process below this one had while the block ran."""

    def __init__(self) -> None:
        self.mio = 0
        self._fini = threading.Event()
        self._fil = threading.Thread(target=self._regarder)

    def _regarder(self) -> None:
        while not self._fini.wait(0.005):
            self._relever()

    def _relever(self) -> None:
        with contextlib.suppress(OSError):  # one of them has just ended
            for pid in _descendants(os.getpid()):
                etat = dict(ligne.split(":", 1) for ligne in Path(f"/proc/{pid}/status").read_text().splitlines())
                self.mio = max(self.mio, int(etat.get("VmHWM", "0 kB").split()[0]) // 1024)

    def __enter__(self) -> Pointe:
        self._relever()
        self._fil.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fini.set()
        self._fil.join()


@pytest.mark.parametrize("sorte", ["image", "pdf"])
def test_a_small_file_does_not_take_the_memory_of_a_site(sorte: str) -> None:
    """H2: 189 KiB took 818 MiB, and 597 KiB took 1,172 MiB, of a service that has 768."""
    isolement.reecrire_image(hostiles.image_enorme(64, 48), ["PNG"], 32)  # the workshop is open
    contenu = hostiles.image_enorme() if sorte == "image" else hostiles.pdf_enorme()
    assert len(contenu) < MIO
    with Pointe() as pointe, pytest.raises(Refuse) as refus:
        isolement.reecrire_image(contenu, ["PNG"], 2560) if sorte == "image" else isolement.reecrire_pdf(contenu, 200)
    assert refus.value.faute is Faute.TROP_GRAND
    assert 0 < pointe.mio <= atelier.MEMOIRE // MIO
    assert isolement.reecrire_image(hostiles.image_enorme(64, 48), ["PNG"], 32)[0] == "image/png", (
        "and others are served"
    )


def test_a_picture_within_the_ceiling_is_written_again() -> None:
    """Twenty-four megapixels with transparency, to be turned: what a good scanner gives."""
    _, contenu = isolement.reecrire_image(hostiles.image_enorme(6000, 4000), ["PNG"], 2560)
    with Image.open(io.BytesIO(contenu)) as image:
        assert image.size == (1707, 2560)


def _essai(travail: str) -> str:
    """What a child of the workshop meets when its library runs this."""
    lecture, ecriture = os.pipe()
    if (enfant := os.fork()) == 0:
        try:
            atelier._se_limiter()
            exec(travail, {})  # noqa: S102
            os.write(ecriture, b"fait")
        except BaseException as erreur:
            os.write(ecriture, type(erreur).__name__.encode())
        os._exit(0)
    os.close(ecriture)
    with os.fdopen(lecture) as tuyau:
        dit = tuyau.read()
    os.waitpid(enfant, 0)
    return dit


@pytest.mark.parametrize(
    ("travail", "dit"),
    [
        ("open('/etc/passwd')", "OSError"),
        ("import socket; socket.socket()", "OSError"),
        ("bytearray(600 * 2**20)", "MemoryError"),
        ("x = 1 + 1", "fait"),
        ("while True: pass", ""),
    ],
    ids=["file", "connection", "memory", "nothing", "time"],
)
def test_a_child_can_only_compute(travail: str, dit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atelier, "PROCESSEUR", 1)
    assert _essai(travail) == dit


def test_files_sent_together_leave_the_other_threads_to_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight files at once: one is opened, one waits for its turn; the others are told at once to come back."""
    petite = hostiles.image_enorme(64, 48)
    isolement.reecrire_image(petite, ["PNG"], 32)  # the workshop is open
    refus: queue.SimpleQueue[Faute] = queue.SimpleQueue()
    ouvertures = threading.Semaphore(0)
    fin = threading.Event()

    def ouvrir(*_: object) -> tuple[str, dict[str, object], bytes]:
        ouvertures.release()
        assert fin.wait(30)
        return "image/png", {}, b""

    def envoyer() -> None:
        try:
            isolement.reecrire_image(petite, ["PNG"], 32)
        except Refuse as un:
            refus.put(un.faute)

    monkeypatch.setattr(isolement.echange, "lire", ouvrir)
    fils = [threading.Thread(target=envoyer) for _ in range(8)]
    for fil in fils:
        fil.start()
    assert ouvertures.acquire(timeout=30)
    assert [refus.get(timeout=5) for _ in range(6)] == [Faute.OCCUPE] * 6, "while the first is still opened"
    fin.set()
    for fil in fils:
        fil.join(30)
    assert refus.empty(), "who waited was served"
    assert ouvertures.acquire(blocking=False)


def test_a_file_waits_for_its_turn_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolement, "TOUR", 0.01)
    with isolement._tour, pytest.raises(Refuse) as refus:
        isolement.reecrire_image(hostiles.image_enorme(64, 48), ["PNG"], 32)
    assert refus.value.faute is Faute.OCCUPE
    for _ in range(5):  # the photographs of one page, by one thread
        assert isolement.reecrire_image(hostiles.image_enorme(64, 48), ["PNG"], 32)[0] == "image/png"


def _atelier() -> subprocess.Popen[bytes]:
    isolement.reecrire_image(hostiles.image_enorme(64, 48), ["PNG"], 32)
    assert isolement._Atelier.processus is not None
    return isolement._Atelier.processus


def test_the_workshop_knows_no_secret_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_SECRET_KEY", "cle-a-ne-pas-donner")
    monkeypatch.setattr(isolement._Atelier, "commandes", None)
    monkeypatch.setattr(isolement._Atelier, "processus", None)
    environnement = Path(f"/proc/{_atelier().pid}/environ").read_bytes()
    assert b"PYTHONPATH" in environnement
    assert b"cle-a-ne-pas-donner" not in environnement


def test_a_workshop_that_died_is_replaced() -> None:
    ancien = _atelier()
    ancien.kill()
    ancien.wait()
    assert _atelier().pid != ancien.pid
