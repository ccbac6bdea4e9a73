"""The workshop follows what is in service: a procedure loaded from a file appears in it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from pydantic import ValidationError
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction

from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee, Redige
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Orientation, Workflow
from guichet.demarches.orientations import OrientationDefinie


@transaction.atomic
def suivre() -> list[str]:
    """Bring the workshop to what is in service and return what moved. A draft under way stays in the revisions."""
    bouges = [
        slug
        for slug, definition in Workflow.objects.values_list("slug", "definition")
        if _suivre(CircuitRedige, WorkflowLu, slug, definition)
    ]
    for redige, modele, classe in (
        (DemarcheRedigee, Demarche, Definition),
        (OrientationRedigee, Orientation, OrientationDefinie),
    ):
        rangs: Any = modele
        bouges += [
            slug
            for slug, definition, publiee in rangs.objects.values_list("slug", "definition", "publiee")
            # Being online is the workshop's own mark, not a part of what is written.
            if _suivre(redige, classe, slug, {**definition, "publiee": True}, en_ligne=publiee)
        ]
    return bouges


def _suivre(modele: type[Redige], classe: type[Modele], slug: str, definition: Any, *, en_ligne: bool = True) -> bool:
    en_service = classe.model_validate(definition)
    redige: Any = modele._default_manager.select_for_update().filter(slug=slug).first()
    if redige is not None and redige.live == en_ligne and _lu(classe, redige.brut) == en_service:
        return False
    redige = redige or modele(slug=slug, live=False)
    redige.titre = en_service.titre  # type: ignore[attr-defined]
    redige.brut = en_service.model_dump(mode="json", exclude_defaults=True)
    if redige.pk is None:
        redige.save()
    revision = redige.save_revision(changed=False)
    # Already in service: Wagtail's own publication is enough.
    PublishRevisionAction(revision, changed=False).execute(skip_permission_checks=True)
    if not en_ligne:
        UnpublishAction(modele._default_manager.get(pk=redige.pk)).execute(skip_permission_checks=True)
    return True


@transaction.atomic
def abandonner_les_changements(redige: Redige, agent: Any) -> None:
    """Make the draft what is in service again; what was written since stays among its revisions."""
    rang: Any = redige.en_service()
    if rang is None:
        raise ValueError("nothing is in service under this address")
    brut = {**rang.definition, "publiee": True} if hasattr(rang, "publiee") else rang.definition
    vivant = type(redige)._default_manager.select_for_update().get(pk=redige.pk)
    vivant.titre, vivant.brut = rang.titre, _sans_defauts(vivant, brut)
    vivant.save_revision(user=agent, changed=False)
    vivant.has_unpublished_changes = not vivant.live
    vivant.save()


def _sans_defauts(redige: Redige, brut: Any) -> Any:
    classe = redige.edit_handler.base_form_class.groupe.modele
    return classe.model_validate(brut).model_dump(mode="json", exclude_defaults=True)


def _lu(classe: type[Modele], brut: Any) -> Modele | None:
    try:
        return classe.model_validate(brut)
    except ValidationError:
        return None
