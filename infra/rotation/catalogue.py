"""Every secret, key and certificate of a platform: what it opens, who holds it, and how it changes or why it does not.

`gru rotate --list` and the table of `runbooks/rotation.md` are made from here; a test compares it with what the roles
are given (`runbooks/group_vars`). Whoever opens the site's vault (`infra.secret_store`) holds all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.model.backup import S3_KEY, S3_SECRET
from infra.model.certificate import DNS_SECRET
from infra.model.franceconnect import CLIENT_ID, CLIENT_SECRET
from infra.model.mail import RELAY_PASSWORD
from infra.secret_store import BACKUP_KEY, new_password, new_signing_key

YEAR_DAYS = 365
"""Age from which a secret is due. ANSSI advises one to three years for what opens most (guide « Authentification
multifacteur et mots de passe », 2021)."""

EVERYWHERE = "tous les hôtes"
NOWHERE: tuple[str, ...] = ()

_GUICHET = "les demandes des habitants, leurs pièces et leurs coordonnées"
_DJANGO_DAYS = 31
"""The longest that what a site's key signed is good: the code of a draft, 30 days (guichet/portail/reprise.py)."""
_RETURNS_DAYS = 7
"""A mail that cannot be delivered comes back within five days (Postfix, `maximal_queue_lifetime`)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How hosts are asked which values they accept (`infra.rotation.proofs`): a way, and what it wants to know."""

    way: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """How a secret changes. No `make`: it has a course of its own (the authority).

    `learn` are the functions that present it: they first know both values. `switch` are those that check it (or use
    it): they then take the new one. `end` forget the former. `keep_days`: how long the former must stay good, for what
    it signed. `outage` says, in French, what is refused meanwhile and for how long, where nothing can know both; it is
    then asked. `loses` says what does not survive the end of the former.
    """

    make: Callable[[], tuple[str, ...]] | None
    switch: tuple[str, ...]
    learn: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    proof: Proof | None = None
    keep_days: int = 0
    outage: str = ""
    loses: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One secret, key or certificate.

    `fields` are its entries of the vault; `holders` the functions whose hosts hold it (or `EVERYWHERE`). Either
    `change` says how `gru` changes it, or `by_hand` says in French why it does not, and what to do.
    """

    name: str
    what: str
    opens: str
    fields: tuple[str, ...]
    holders: tuple[str, ...]
    change: Change | None = None
    by_hand: str = ""
    given: bool = False


def _password() -> tuple[str, ...]:
    return (new_password(),)


def _database(name: str, what: str, opens: str, holder: str, role: tuple[str, str]) -> Kept:
    """The site's engine tries both passwords (socle/postgresql): the database switches between."""
    change = Change(
        _password,
        learn=(holder,),
        switch=("database",),
        end=(holder,),
        proof=Proof("postgresql", role),
    )
    return Kept(name, f"mot de passe {what} dans la base", opens, (name,), (holder,), change)


def _key_of_a_site(name: str, what: str, place: tuple[str, str, str], loses: str, outage: str = "") -> Kept:
    """`place`: its function, application and site. Django takes both keys (`SECRET_KEY_FALLBACKS`)."""
    holder = place[0]
    change = Change(
        _password,
        learn=(holder,),
        switch=(holder,),
        end=(holder,),
        proof=Proof("django", place),
        keep_days=_DJANGO_DAYS,
        loses=loses,
        outage=outage,
    )
    return Kept(
        name,
        f"clé qui signe sessions et liens {what}",
        "faire un lien ou une session qui a l'air vrai, retrouver un code de suivi",
        (name,),
        (holder,),
        change,
    )


def _client(name: str, what: str, holder: str, client: str) -> Kept:
    """The site tries both secrets (socle/openid): the provider switches between."""
    change = Change(_password, learn=(holder,), switch=("idp",), end=(holder,), proof=Proof("oidc", (client,)))
    return Kept(
        name,
        f"secret {what} auprès de la connexion",
        "se faire passer pour ce site auprès de la connexion",
        (name,),
        (holder, "idp"),
        change,
    )


_CODES = (
    "ce site ne pourra plus redire le code de suivi des demandes plus anciennes ; les codes déjà reçus marchent"
    " toujours"
)

ALL: tuple[Kept, ...] = (
    _database("database_guichet_portal", "du portail", _GUICHET, "portal", ("guichet_portal", "guichet")),
    _database(
        "database_guichet_processing", "du site des agents", _GUICHET, "processing", ("guichet_processing", "guichet")
    ),
    _database(
        "database_guichet_owner",
        "du propriétaire des demandes",
        f"{_GUICHET}, et le droit de tout changer",
        "processing",
        ("guichet_owner", "guichet"),
    ),
    _database("database_ecoute", "de l'écoute", "les avis et les ateliers", "consultation", ("ecoute", "ecoute")),
    _database(
        "database_ecoute_owner",
        "du propriétaire de l'écoute",
        "les avis et les ateliers, et le droit de tout changer",
        "consultation",
        ("ecoute_owner", "ecoute"),
    ),
    Kept(
        "database_lemonldap",
        "mot de passe de la connexion dans la base",
        "les sessions de connexion et les réglages du fournisseur d'identité, secrets des sites compris",
        ("database_lemonldap",),
        ("idp",),
        Change(
            _password,
            switch=("database", "idp"),
            proof=Proof("postgresql", ("lemonldap", "lemonldap")),
            outage="des connexions peuvent être refusées pendant quelques minutes : le logiciel de connexion ne sait"
            " tenir qu'un mot de passe de sa base ; les sessions ouvertes restent",
        ),
    ),
    _key_of_a_site("django_portal", "du portail", ("portal", "guichet", "portail"), _CODES),
    _key_of_a_site("django_processing", "du site des agents", ("processing", "guichet", "instruction"), _CODES),
    _key_of_a_site(
        "django_consultation",
        "de l'écoute",
        ("consultation", "consultation", "ecoute"),
        "les reçus des avis déjà donnés ne s'ouvrent plus",
        "rien n'est refusé, mais l'écoute ne reconnaît plus un appareil, un foyer ou une adresse vus avant : quelqu'un"
        " peut donner deux avis, un foyer s'inscrire deux fois au même panel. À faire entre deux panels",
    ),
    Kept(
        "ldap_portal",
        "mot de passe du portail dans l'annuaire",
        "créer, changer et retirer le compte d'un habitant",
        ("ldap_portal",),
        ("portal", "idp"),
        Change(_password, learn=("portal",), switch=("idp",), end=("portal",), proof=Proof("ldap", ("portail",))),
    ),
    Kept(
        "ldap_idp",
        "mot de passe de la connexion dans l'annuaire",
        "lire toutes les personnes, écrire leurs mots de passe",
        ("ldap_idp",),
        ("idp",),
        Change(
            _password,
            switch=("idp",),
            proof=Proof("ldap", ("idp",)),
            outage="des connexions sont refusées pendant quelques minutes : l'annuaire change avant les réglages du"
            " logiciel de connexion, qui ne tient qu'un mot de passe ; les sessions ouvertes restent",
        ),
    ),
    _client("oidc_portal", "du portail", "portal", "portail"),
    _client("oidc_processing", "du site des agents", "processing", "agents"),
    _client("oidc_consultation", "de l'écoute", "consultation", "ecoute"),
    Kept(
        "oidc_monitoring",
        "secret de la supervision auprès de la connexion",
        "se faire passer pour la supervision auprès de la connexion",
        ("oidc_monitoring",),
        ("monitoring", "idp"),
        Change(
            _password,
            switch=("idp", "monitoring"),
            proof=Proof("oidc", ("supervision",)),
            outage="on ne peut pas se connecter à la supervision pendant quelques minutes : son serveur ne tient"
            " qu'un secret ; alertes et mesures continuent",
        ),
    ),
    Kept(
        "oidc_franceconnect",
        "secret de la connexion auprès du simulateur de FranceConnect",
        "se faire passer pour la connexion auprès du simulateur",
        ("oidc_franceconnect",),
        ("idp", "franceconnect_simulator"),
        Change(
            _password,
            switch=("idp", "franceconnect_simulator"),
            outage="le bouton FranceConnect du simulateur est refusé pendant quelques minutes",
        ),
    ),
    Kept(
        "oidc_signing",
        "clé qui signe les jetons d'identité",
        "signer de faux jetons d'identité, pour qui peut aussi répondre à la place de la connexion",
        ("oidc_signing_key", "oidc_signing_public_key"),
        ("idp",),
        Change(
            new_signing_key,
            learn=("idp",),
            switch=("idp",),
            end=("idp",),
            proof=Proof("jwks"),
            keep_days=1,
        ),
    ),
    Kept(
        "idp_key",
        "clé du logiciel de connexion",
        "lire les seconds facteurs (TOTP) gardés dans la base, faire reconnaître un navigateur",
        ("idp_key",),
        ("idp",),
        by_hand="elle chiffre les seconds facteurs (TOTP) des agents : la changer les rendrait illisibles, et le"
        " logiciel ne sait pas les relire avec deux clés. Si elle a fuité avec la base : retirez le second facteur de"
        " chaque agent (runbooks/second-facteur.md), qui en refait un",
    ),
    Kept(
        "monitoring_cookie",
        "clé des sessions de la supervision",
        "faire une session de supervision qui a l'air vraie",
        ("monitoring_cookie",),
        ("monitoring",),
        Change(
            _password,
            switch=("monitoring",),
            outage="les personnes connectées à la supervision se reconnectent ; alertes et mesures continuent",
        ),
    ),
    Kept(
        "mail_returns",
        "clé qui signe les adresses de retour des courriels",
        "faire croire qu'un courriel n'est pas arrivé",
        ("mail_returns",),
        ("mail", "processing", "portal", "consultation"),
        Change(
            _password,
            learn=("processing", "portal", "consultation"),
            switch=("mail", "processing", "portal", "consultation"),
            end=("processing", "portal", "consultation"),
            proof=Proof("returns"),
            keep_days=_RETURNS_DAYS,
            loses="un courriel parti avant et revenu après n'est plus rattaché à sa demande",
        ),
    ),
    Kept(
        "ca",
        "autorité locale du site, et les certificats des hôtes qu'elle signe",
        "se faire passer pour n'importe quel hôte de la plateforme",
        ("ca_key", "ca_certificate"),
        NOWHERE,
        Change(
            None,
            switch=(),
            outage="rien n'est refusé entre les hôtes, qui acceptent les deux autorités pendant le changement ; mais là"
            " où les navigateurs l'ont importée, le fichier est à réimporter, et ils préviennent jusque-là",
        ),
    ),
    Kept(
        "host_keys",
        "clés privées des certificats des hôtes",
        "se faire passer pour cet hôte",
        (),
        (EVERYWHERE,),
        by_hand="chacune est faite sur son hôte et n'en sort pas. Si l'hôte est perdu, remplacez-le"
        " (runbooks/installer.md) : sa clé est refaite, puis « gru rotate ca » ôte toute valeur à l'ancien certificat",
    ),
    Kept(
        "public_certificate",
        "certificat public et sa clé",
        "se faire passer pour les sites de la commune",
        (),
        ("proxy",),
        by_hand="« certificate.kind: acme » : le frontal le renouvelle seul ; « files » : remplacez les fichiers, puis"
        " « gru up ». S'il a fuité, faites-le aussi révoquer par l'autorité qui l'a signé (runbooks/certificats.md)",
    ),
    Kept(
        BACKUP_KEY,
        "clé qui chiffre les sauvegardes",
        "lire toutes les sauvegardes, donc toutes les données",
        (BACKUP_KEY,),
        ("backup",),
        by_hand="pgBackRest ne change pas la clé d'un dépôt : avec une autre, les sauvegardes d'avant ne se reliraient"
        " plus. Si elle a fuité, fermez d'abord l'accès au dépôt, puis demandez de l'aide : gru ne sait pas encore"
        " passer à un nouveau dépôt en gardant l'ancien lisible",
    ),
    Kept(
        "backup_ssh",
        "clés par lesquelles hôtes et dépôt de sauvegarde se reconnaissent",
        "écrire dans le dépôt des sauvegardes, effacer ce qui y est ; les lire demande aussi la clé qui les chiffre",
        (
            *("backup_client_key", "backup_client_public_key", "backup_reader_key", "backup_reader_public_key"),
            *("backup_server_key", "backup_server_public_key"),
        ),
        ("backup", "backup_repository"),
        by_hand="gru ne sait pas encore les changer. Si l'une a fuité : fermez le port du dépôt à qui n'est pas un hôte"
        " de la plateforme (infra/model/ports.py) ; les sauvegardes restent chiffrées par une autre clé",
    ),
    Kept(
        "ssh",
        "clé SSH par laquelle gru entre sur les hôtes",
        "tout : elle est root sur chaque hôte",
        (),
        NOWHERE,
        by_hand="elle est donnée à chaque hôte à sa création, et en changer ferait recréer les hôtes d'un nuage. Si"
        " elle a fuité : ajoutez une autre clé à ~/.ssh/authorized_keys de chaque hôte, retirez l'ancienne, et donnez"
        " le fichier de la nouvelle (target.ssh_private_key_file, sur vos serveurs) ; puis changez tout le reste",
    ),
    Kept(
        "passphrase",
        "phrase secrète du coffre du site",
        "tous les secrets ci-dessus, à qui a aussi le dossier d'état",
        (),
        NOWHERE,
        by_hand="elle chiffre aussi l'état de Pulumi et l'état partagé : gru ne sait pas encore les rechiffrer"
        " ensemble. Si elle a fuité avec le dossier d'état, changez tout ce que ce dossier contient",
    ),
    Kept(
        "dkim",
        "clé DKIM qui signe les courriels",
        "signer des courriels au nom de la commune",
        (),
        ("mail",),
        by_hand="sa moitié publique est dans votre DNS : donnez un autre nom à « mail.dkim_selector », publiez ce que"
        " « gru records » affiche, puis « gru up » (runbooks/courriel.md)",
    ),
    *(
        Kept(
            name,
            what,
            opens,
            (name,),
            holders,
            by_hand=f"{who} le choisit : demandez-en un autre, donnez-le par « gru secret set {name} », puis"
            " « gru up »",
            given=True,
        )
        for name, what, opens, holders, who in (
            (
                RELAY_PASSWORD,
                "mot de passe du relais de courriel",
                "envoyer des courriels par ce relais",
                ("mail",),
                "le relais",
            ),
            (
                S3_KEY,
                "identifiant du compte des sauvegardes (S3)",
                "lire, écrire et effacer les sauvegardes chiffrées",
                ("backup",),
                "l'hébergeur des sauvegardes",
            ),
            (
                S3_SECRET,
                "clé secrète du compte des sauvegardes (S3)",
                "lire, écrire et effacer les sauvegardes chiffrées",
                ("backup",),
                "l'hébergeur des sauvegardes",
            ),
            (
                CLIENT_ID,
                "identifiant de la commune chez FranceConnect",
                "rien sans le secret : il est dans l'adresse de chaque page de FranceConnect",
                ("idp",),
                "FranceConnect",
            ),
            (
                CLIENT_SECRET,
                "secret de la commune chez FranceConnect",
                "demander des identités à FranceConnect au nom de la commune, pour qui intercepte aussi les retours",
                ("idp",),
                "FranceConnect",
            ),
            (
                DNS_SECRET,
                "clé TSIG du frontal dans le DNS",
                "obtenir un certificat au nom de la commune",
                ("proxy",),
                "qui tient le DNS",
            ),
        )
    ),
    Kept(
        "demo_password",
        "mot de passe des comptes de démonstration",
        "les comptes inventés d'une plateforme d'essai",
        ("demo_password",),
        ("idp",),
        by_hand="il ne sert qu'à la création des comptes inventés (features.demo_accounts), que l'on retire avant la"
        " mise en service",
    ),
)

BY_NAME: dict[str, Kept] = {one.name: one for one in ALL}
