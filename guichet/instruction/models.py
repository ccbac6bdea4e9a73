"""Agents, as the town's directory declares them, their sessions, their saved views, and who reads what now."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from guichet.demandes.models import Demande
from guichet.demarches.models import Service


class AgentManager(BaseUserManager["Agent"]):
    """Makes agents. They have no usable password: they sign in through the directory."""

    def create_user(self, issuer: str, source: str, sub: str, **champs: Any) -> "Agent":
        """Save an agent known by these three; ``champs`` are the other columns."""
        agent = self.model(issuer=issuer, source=source, sub=sub, **champs)
        agent.set_unusable_password()
        agent.save(using=self._db)
        return agent


class Agent(AbstractBaseUser, PermissionsMixin):
    """An agent is who the directory says, never an e-mail address: issuer, source and sub together."""

    issuer = models.URLField("fournisseur d'identité")
    source = models.CharField("source", max_length=32)
    sub = models.CharField("identifiant", max_length=255)
    courriel = models.EmailField("courriel", blank=True)
    nom = models.CharField("nom", max_length=200)
    groupes = models.JSONField("groupes de l'annuaire", default=list, blank=True)
    qualite = models.CharField("qualité", max_length=120, blank=True, default="", db_default="")
    """What the agent is in the town, as decisions say it (CRPA L.212-1): the directory's word, else the agent's own."""
    is_active = models.BooleanField("actif", default=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    raccourcis = models.BooleanField("raccourcis clavier", default=True)
    vue_par_defaut = models.ForeignKey(
        "instruction.VueEnregistree",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vue par défaut",
    )

    # Django wants one unique field as the user name; nobody types it. It is derived in save().
    cle = models.CharField(max_length=600, unique=True, blank=True)

    USERNAME_FIELD = "cle"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AgentManager()

    class Meta:
        verbose_name = "agent"
        verbose_name_plural = "agents"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "source", "sub"], name="agent_issuer_source_sub"),
        ]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Computes the key that Django signs in with, and leaves no usable password."""
        self.cle = f"{self.issuer}|{self.source}|{self.sub}"
        if self._state.adding and not self.password:
            self.set_unusable_password()
        super().save(*args, **kwargs)

    @property
    def is_staff(self) -> bool:
        """Never: Django's own administration is not installed."""
        return False

    def retenir_qualite(self, dite: str) -> None:
        """Keep what the agent said of their function, so as not to ask again; the directory's word goes first."""
        if dite and not self.qualite:
            self.qualite = dite
            self.save(update_fields=["qualite"])

    def get_full_name(self) -> str:
        """The name that the directory gives."""
        return self.nom

    def get_short_name(self) -> str:
        """The name that the directory gives."""
        return self.nom

    def get_username(self) -> str:
        """The name that the directory gives."""
        return self.nom


class SessionAgent(AbstractBaseSession):
    """A session of the agents' site."""

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session d'agent"
        verbose_name_plural = "sessions d'agents"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Django's hook: the engine that reads this table."""
        from guichet.instruction.sessions import SessionStore

        return SessionStore


class VueEnregistree(models.Model):
    """Filters of the list kept under a name: the agent's own, or shared with the agents of one service.

    It holds filters and never requests: whoever opens it sees what their own services allow.
    """

    nom = models.CharField(max_length=60)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="vues")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """The service it is shared with; none: the agent's own."""
    parametres = models.JSONField(default=dict)
    creee_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("nom", "pk")
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"

    def __str__(self) -> str:
        return self.nom


class Lecture(models.Model):
    """An agent has this request before their eyes, as of ``vue_le``. Forgotten within the hour (tasks.py)."""

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    vue_le = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "lecture en cours"
        verbose_name_plural = "lectures en cours"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["demande", "agent"], name="lecture_demande_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} lit {self.demande}"
