"""What is said of a file that cannot be taken."""

from socle.fichiers.reponse import Faute

PHRASES = {
    Faute.VERROUILLE: "Ce document est protégé par un mot de passe : choisissez une copie sans mot de passe.",
    Faute.FORMULAIRE: "Ce formulaire ne peut pas être lu : imprimez-le en PDF, puis choisissez la copie.",
    Faute.TROP_GRAND: "Ce fichier est trop grand à ouvrir : réduisez-le.",
    Faute.OCCUPE: "Beaucoup de fichiers arrivent : choisissez celui-ci de nouveau dans une minute.",
}


def phrase(faute: Faute, pages_max: int) -> str:
    """The sentence of this fault."""
    if faute is Faute.PAGES:
        return f"Ce document doit avoir entre 1 et {pages_max} pages."
    return PHRASES.get(faute, "Choisissez un document PDF ou une image (PNG, JPEG).")
