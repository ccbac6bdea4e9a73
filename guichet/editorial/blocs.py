"""What an editor may put in a page: few blocks, each of which gives a correct and accessible page."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

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

    class Meta:
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
