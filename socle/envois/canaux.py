"""Channels: what carries a message. Adding one is adding a class here and a kind that names it."""

from __future__ import annotations

from contextlib import ExitStack
from email.headerregistry import Address
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from socle.envois import bureau, retours, sms
from socle.envois.genres import Ecrit
from socle.envois.models import Envoi


class CanalEnPanne(Exception):
    """The server cannot be reached: it says nothing of this message, and trying the others would be in vain."""


class Canal(Protocol):
    """What a channel has to do."""

    def remettre(self, envoi: Envoi, ecrit: Ecrit) -> None:
        """Hand one message over; handed over twice, its receiver can know it as one.

        Raises CanalEnPanne when nothing can be handed over now, anything else when this message was refused.
        """


class Courriel:
    """Mail, by Django's back end."""

    def remettre(self, envoi: Envoi, ecrit: Ecrit) -> None:
        """Connect, then send: only what fails before the message is said to be an outage."""
        with ExitStack() as tenue:
            try:
                connexion = tenue.enter_context(bureau.connexion())
            except Exception as erreur:
                raise CanalEnPanne(str(erreur)) from erreur
            message = self.message(envoi, ecrit)
            message.connection = connexion
            message.send()

    @staticmethod
    def message(envoi: Envoi, ecrit: Ecrit) -> EmailMultiAlternatives:
        """The mail; its Message-ID is the row's: should it leave twice, the receiver knows them as one.

        Its envelope's sender is its own too, where the platform reads what comes back.
        """
        adresse = settings.DEFAULT_FROM_EMAIL
        auteur = str(Address(display_name=ecrit.expediteur, addr_spec=adresse))
        enveloppe = auteur
        if settings.RETOURS_DOMAINE:
            enveloppe = retours.adresse(
                envoi.pk, site=settings.RETOURS_SITE, cle=settings.RETOURS_CLE, domaine=settings.RETOURS_DOMAINE
            )
        mail = EmailMultiAlternatives(
            subject=ecrit.sujet,
            body=ecrit.texte,
            from_email=enveloppe,
            to=[envoi.destinataire],
            reply_to=[ecrit.repondre_a] if ecrit.repondre_a else [],
            headers={
                "From": auteur,
                "Message-ID": f"<{envoi.pk}@{adresse.rpartition('@')[2]}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",  # the same to servers that do not read RFC 3834
            },
        )
        if ecrit.html:
            mail.attach_alternative(ecrit.html, "text/html")
        for joint in ecrit.joints:
            mail.attach(joint.nom, joint.contenu, joint.sorte)
            if joint.sorte.startswith("text/calendar"):  # where Outlook and Gmail look for an invitation
                mail.attach_alternative(str(joint.contenu), joint.sorte)
        return mail


class Sms:
    """Short messages, by the gateway of the town (sms.py)."""

    def remettre(self, envoi: Envoi, ecrit: Ecrit) -> None:
        """Give it to the gateway."""
        pont = sms.passerelle()
        if pont is None:
            raise CanalEnPanne("aucune passerelle SMS n'est réglée")
        try:
            pont.envoyer(sms.mobile(envoi.destinataire), ecrit.texte)
        except OSError as erreur:
            raise CanalEnPanne(str(erreur)) from erreur


CANAUX: dict[str, Canal] = {"courriel": Courriel(), "sms": Sms()}
