"""Files kept in PostgreSQL.

Two hosts must read them, and a submission must commit with its photo in one transaction.
"""

from django.db import models


class Fichier(models.Model):
    """A file: content, type, size and hash, in a space that says who may read it."""

    espace = models.CharField(max_length=32)  # "editorial" (public) or "demandes" (rights checked)
    nom = models.CharField(max_length=255)
    contenu = models.BinaryField()
    taille = models.PositiveBigIntegerField()  # bytes
    type_mime = models.CharField(max_length=127)
    empreinte = models.CharField(max_length=64)  # SHA-256, hexadecimal
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "fichier"
        verbose_name_plural = "fichiers"
        constraints = [models.UniqueConstraint(fields=["espace", "nom"], name="fichier_espace_nom")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.espace}/{self.nom}"
