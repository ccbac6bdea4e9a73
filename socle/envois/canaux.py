"""Channels: what carries a message. Adding one is adding a class here and a kind that names it."""

from __future__ import annotations

from email.headerregistry import Address
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from socle.envois import sms
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
        connexion = get_connection()
        try:
            connexion.open()
        except Exception as erreur:
            raise CanalEnPanne(str(erreur)) from erreur
        try:
            message = self.message(envoi, ecrit)
            message.connection = connexion
            message.send()
        finally:
            connexion.close()

    @staticmethod
    def message(envoi: Envoi, ecrit: Ecrit) -> EmailMultiAlternatives:
        """The mail; its Message-ID is the row's: should it leave twice, the receiver knows them as one."""
        adresse = settings.DEFAULT_FROM_EMAIL
        mail = EmailMultiAlternatives(
            subject=ecrit.sujet,
            body=ecrit.texte,
            from_email=str(Address(display_name=ecrit.expediteur, addr_spec=adresse)),
            to=[envoi.destinataire],
            reply_to=[ecrit.repondre_a] if ecrit.repondre_a else [],
            headers={
                "Message-ID": f"<{envoi.pk}@{adresse.rpartition('@')[2]}>",
                "Auto-Submitted": "auto-generated",
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
