"""Keyboard shortcuts: what they are, and how to switch them off (WCAG 2.1.4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guichet.instruction.acces import agent_requis
from guichet.instruction.models import Agent


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def raccourcis(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Switches the agent's shortcuts on or off."""
    if request.method == "POST":
        agent.raccourcis = request.POST.get("raccourcis") == "oui"
        agent.save(update_fields=["raccourcis"])
        etat = "activés" if agent.raccourcis else "désactivés"
        messages.success(request, f"Les raccourcis clavier sont {etat}.")
        return redirect("instruction:raccourcis")
    return render(request, "instruction/raccourcis.html", {"page_active": "raccourcis"})
