"""What an editor may put in a page: few blocks, each of which gives a correct and accessible page."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

ADRESSE = "Écrivez l'adresse d'une page du site, comme /demarches/, ou une adresse qui commence par https://."


def verifier_adresse(adresse: str) -> None:
    """Raises ValidationError for anything but a page of the site, of the web, a mail or a telephone number.

    Browsers drop tabs and line ends within an address before they read its scheme: none is taken.
    """
    propre = adresse.strip()
    if any(not c.isprintable() or c.isspace() or c == "\\" for c in propre):
        raise ValidationError(ADRESSE)
    morceaux = urlsplit(propre)
    site = propre.startswith(("/", "#", "?")) and not propre.startswith("//")
    ailleurs = morceaux.scheme in ("http", "https") and bool(morceaux.netloc)
    if not site and not ailleurs and morceaux.scheme not in ("mailto", "tel"):
        raise ValidationError(ADRESSE)


TEXTE = ["bold", "italic", "ol", "ul", "link"]


class TitreBlock(blocks.StructBlock):
    """The page's title is its only h1: parts begin at h2."""

    texte = blocks.CharBlock(label="Texte du titre", max_length=150)
    niveau = blocks.ChoiceBlock(
        label="Niveau",
        choices=[("2", "Titre de partie"), ("3", "Titre de sous-partie")],
        default="2",
        help_text="Une sous-partie se place toujours sous une partie.",
    )

    class Meta:
        label = "Titre"
        icon = "title"
        template = "editorial/blocs/titre.html"


class EncadreBlock(blocks.StructBlock):
    """A framed note."""

    ton = blocks.ChoiceBlock(
        label="Genre", choices=[("info", "Bon à savoir"), ("attention", "Attention")], default="info"
    )
    texte = blocks.RichTextBlock(label="Texte", features=TEXTE)

    class Meta:
        label = "Encadré"
        icon = "info-circle"
        template = "editorial/blocs/encadre.html"


class Bouton(blocks.StructValue):
    """What a button says and where it leads."""

    @property
    def vers(self) -> str:
        """The address as it may be shown; home for one that was published before addresses were checked."""
        adresse = str(self.get("adresse", ""))
        try:
            verifier_adresse(adresse)
        except ValidationError:
            return "/"
        return adresse


class BoutonBlock(blocks.StructBlock):
    """A button that leads somewhere."""

    texte = blocks.CharBlock(
        label="Texte du bouton",
        max_length=80,
        help_text="Commencez par un verbe : « Signaler un problème ».",
    )
    adresse = blocks.CharBlock(
        label="Adresse",
        max_length=500,
        help_text="Adresse d'une page du site, par exemple /demarches/, ou adresse complète.",
    )

    def clean(self, value: Any) -> Any:
        """Raises Wagtail's error beside the address where a button must not lead there."""
        propre = super().clean(value)
        try:
            verifier_adresse(propre["adresse"])
        except ValidationError as faute:
            raise blocks.StructBlockValidationError({"adresse": faute}) from None
        return propre

    class Meta:
        value_class = Bouton
        label = "Bouton"
        icon = "link"
        template = "editorial/blocs/bouton.html"


class QuestionBlock(blocks.StructBlock):
    """A question and its answer, folded."""

    question = blocks.CharBlock(label="Question", max_length=200)
    reponse = blocks.RichTextBlock(label="Réponse", features=TEXTE)

    class Meta:
        label = "Question et réponse"
        icon = "help"
        template = "editorial/blocs/question.html"


class CoordonneesBlock(blocks.StaticBlock):
    """The town's contact details, always those of the site: nobody has to correct them page by page."""

    class Meta:
        label = "Coordonnées de la mairie"
        icon = "mail"
        admin_text = "Affiche l'adresse, le téléphone, l'e-mail et les horaires de la mairie, tenus à jour."
        template = "editorial/blocs/coordonnees.html"


class CorpsBlock(blocks.StreamBlock):
    """The body of a page: all blocks an editor may use."""

    titre = TitreBlock()
    texte = blocks.RichTextBlock(label="Texte", icon="pilcrow", features=TEXTE, template="editorial/blocs/texte.html")
    image = ImageBlock(label="Image", template="editorial/blocs/image.html")
    encadre = EncadreBlock()
    question = QuestionBlock()
    bouton = BoutonBlock()
    coordonnees = CoordonneesBlock()
