"""SMTP back end that counts what could not be sent, for the alert « des courriels ne partent pas »."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from guichet.supervision.compteurs import COURRIELS_ECHECS, augmenter


class SmtpCompte(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages) or 0
        except Exception:
            augmenter(COURRIELS_ECHECS)
            raise
