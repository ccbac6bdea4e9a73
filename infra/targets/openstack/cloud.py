"""The cloud asked by ourselves: whether it will do before Pulumi is set to work, and what is left after.

openstacksdk reads clouds.yaml and the OS_* variables as the provider does, and pages through answers. It takes a second
to load, hence inside functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.targets.errors import TargetError

if TYPE_CHECKING:
    from openstack.connection import Connection

WITHOUT_CREDENTIALS = (
    "Aucun identifiant pour le nuage : {why}. Écrivez-les dans ~/.config/openstack/clouds.yaml (« target.cloud » en"
    " nomme l'entrée), ou donnez les variables OS_* que fournit votre opérateur (fichier « openrc »). Ils ne vont"
    " jamais dans site.yaml. Voyez runbooks/openstack.md."
)


ANSWER_SECONDS = 60
"""How long a service may stay silent; libraries would wait for ever. `api_timeout` of clouds.yaml wins."""


def connect(cloud: str, region: str) -> Connection:
    """A connection that the cloud accepted. `cloud` is an entry of clouds.yaml; empty, the OS_* variables.

    Raises:
        TargetError: no credentials, refused, or no answer.
    """
    import openstack  # noqa: PLC0415 - a second to load, and only this target needs it
    from openstack.exceptions import ConfigException  # noqa: PLC0415

    try:
        connection = openstack.connect(cloud=cloud or "envvars", region_name=region, app_name="gru")
    except ConfigException as error:
        why = f"clouds.yaml n'a pas d'entrée « {cloud} »" if cloud else "ni « target.cloud », ni variables OS_*"
        raise TargetError(WITHOUT_CREDENTIALS.format(why=why)) from error
    settings = connection.config
    if settings.config.get("auth_type") == "password" and not settings.get_auth_args().get("password"):
        raise TargetError(WITHOUT_CREDENTIALS.format(why="le mot de passe manque"))
    if not settings.config.get("api_timeout"):
        connection.session.timeout = ANSWER_SECONDS
    with in_words("d'ouvrir une session"):
        connection.session.get_token()
    return connection


@contextmanager
def in_words(doing: str) -> Iterator[None]:
    """Failures of the cloud, in French; `doing` comes after « Impossible »."""
    from keystoneauth1 import exceptions as session  # noqa: PLC0415
    from openstack import exceptions as answers  # noqa: PLC0415

    try:
        yield
    except (session.Unauthorized, session.AuthorizationFailure) as error:
        raise TargetError(
            "Le nuage refuse vos identifiants (401). Vérifiez clouds.yaml ou les variables OS_* : mot de passe changé,"
            " identifiant d'application expiré ou d'un autre projet ?"
        ) from error
    except (session.MissingRequiredOptions, session.MissingAuthPlugin, session.MissingAuthMethods) as error:
        raise TargetError(WITHOUT_CREDENTIALS.format(why="il en manque une partie")) from error
    except (session.EndpointNotFound, session.EmptyCatalog) as error:
        raise TargetError(
            f"Impossible {doing} : ce nuage n'offre pas ce service dans cette région ({error}). Vérifiez"
            " « target.region » (les régions sont dans l'espace client de l'opérateur)."
        ) from error
    except session.SSLError as error:
        raise TargetError(
            "Le certificat du nuage n'est pas reconnu. S'il vient d'une autorité privée, dites-la dans clouds.yaml"
            " (cacert)."
        ) from error
    except session.ConnectTimeout as error:
        raise TargetError(
            f"Impossible {doing} : le nuage ne répond pas dans le délai ({error}). Voyez l'état que votre opérateur"
            " annonce et le réseau de cette machine, puis relancez. Si ce nuage est lent, donnez-lui plus de temps"
            f" (clouds.yaml, « api_timeout », en secondes ; sinon {ANSWER_SECONDS})."
        ) from error
    except (session.ConnectFailure, session.DiscoveryFailure) as error:
        raise TargetError(
            f"Impossible {doing} : le nuage ne répond pas. Vérifiez auth_url et le réseau de cette machine."
        ) from error
    except answers.ForbiddenException as error:
        raise TargetError(
            f"Impossible {doing} : vos identifiants n'en ont pas le droit (403). Demandez le rôle « member » dans ce"
            " projet."
        ) from error
    except (answers.SDKException, session.ClientException) as error:
        raise TargetError(f"Impossible {doing} : {error}") from error
