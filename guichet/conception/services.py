"""The workshop follows what is in service: a procedure loaded from a file appears in it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from pydantic import ValidationError
from wagtail.actions.publish_revision import PublishRevisionAction

from guichet.conception.models import CircuitRedige, DemarcheRedigee, Redige
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Workflow


@transaction.atomic
def suivre() -> list[str]:
    """Bring the workshop to what is in service and return what moved. A draft under way stays in the revisions."""
    bouges = [
        slug
        for slug, definition in Workflow.objects.values_list("slug", "definition")
        if _suivre(CircuitRedige, WorkflowLu, slug, definition)
    ]
    bouges += [
        slug
        for slug, definition in Demarche.objects.values_list("slug", "definition")
        if _suivre(DemarcheRedigee, Definition, slug, definition)
    ]
    return bouges


def _suivre(modele: type[Redige], classe: type[Modele], slug: str, definition: Any) -> bool:
    en_service = classe.model_validate(definition)
    redige: Any = modele._default_manager.select_for_update().filter(slug=slug).first()
    if redige is not None and redige.live and _lu(classe, redige.brut) == en_service:
        return False
    redige = redige or modele(slug=slug, live=False)
    redige.titre = en_service.titre  # type: ignore[attr-defined]
    redige.brut = en_service.model_dump(mode="json", exclude_defaults=True)
    if redige.pk is None:
        redige.save()
    revision = redige.save_revision(changed=False)
    # Already in service: Wagtail's own publication is enough.
    PublishRevisionAction(revision, changed=False).execute(skip_permission_checks=True)
    return True


def _lu(classe: type[Modele], brut: Any) -> Modele | None:
    try:
        return classe.model_validate(brut)
    except ValidationError:
        return None
