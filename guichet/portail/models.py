"""What only the residents' site keeps: its sessions, in a table of their own, wrong codes, and codes of drafts."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class SessionUsager(AbstractBaseSession):
    """A session of the residents' site."""

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session d'usager"
        verbose_name_plural = "sessions d'usagers"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Django's hook: the engine that reads this table."""
        from guichet.portail.sessions import SessionStore

        return SessionStore


class EssaiSuivi(models.Model):
    """A wrong tracking code, counted for a quarter of an hour. Who tried is kept as a keyed hash only."""

    cle = models.CharField(max_length=64)
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("cle", "le"), name="essai_suivi_cle"),)

    def __str__(self) -> str:
        return f"Essai du {self.le:%d/%m/%Y}"


class Televersement(models.Model):
    """Bytes of a file received, counted for an hour (volumes.py). Who sent it is kept as a keyed hash only."""

    cle = models.CharField(max_length=64)
    le = models.DateTimeField(default=timezone.now)
    octets = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "téléversement"
        indexes = (models.Index(fields=("cle", "le"), name="televersement_cle"),)

    def __str__(self) -> str:
        return f"{self.octets} octets le {self.le:%d/%m/%Y}"


class CodeReprise(models.Model):
    """A draft without account that a code opens again (reprise.py). Gone with its draft."""

    brouillon = models.OneToOneField(
        "demandes.Brouillon", on_delete=models.CASCADE, primary_key=True, related_name="reprise"
    )
    empreinte = models.CharField(max_length=64, unique=True)
    cree_le = models.DateTimeField(default=timezone.now)
    courriel = models.EmailField(blank=True)
    """Former outbox, like ``code_a_envoyer``: only an older release writes here. Dropped in the next one."""
    code_a_envoyer = models.CharField(max_length=20, blank=True)
    mails = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Code de reprise du {self.cree_le:%d/%m/%Y}"
