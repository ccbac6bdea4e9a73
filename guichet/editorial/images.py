"""Images of editors, written again like residents' photos: no place nor device of the shot is published."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from wagtail.images.forms import BaseImageForm

from guichet.demandes.fichiers import PHOTOS, FichierRefuse, nettoyer_fichier


class FormulaireImage(BaseImageForm):
    """Wagtail's form of an image (WAGTAILIMAGES_IMAGE_FORM_BASE)."""

    def clean_file(self) -> Any:
        """The image, cleaned when it is a new one."""
        fichier = self.cleaned_data["file"]
        if not isinstance(fichier, UploadedFile):
            return fichier
        fichier.seek(0)
        try:
            propre = nettoyer_fichier(fichier, fichier.name or "image", fichier.size, formats=PHOTOS)
        except FichierRefuse as refus:
            raise ValidationError(str(refus)) from None
        fichier.file = BytesIO(propre.contenu)
        fichier.name, fichier.content_type, fichier.size = propre.nom, propre.type_mime, propre.taille
        return fichier
