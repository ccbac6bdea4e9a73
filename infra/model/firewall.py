"""The block ``firewall:`` of site.yaml: what passes besides the flows between functions (`infra.model.flows`)."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import Field

from infra.model.strict import Strict

PortNumber = Annotated[int, Field(ge=1, le=65535)]


class Passage(Strict):
    """TCP that the site lets through on every host, besides what the platform needs itself."""

    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = Field(
        min_length=1, description="Réseaux à l'autre bout, par exemple [192.0.2.0/24]"
    )
    ports: list[PortNumber] = Field(min_length=1, description="Ports TCP, par exemple [10050]")


class FirewallChoices(Strict):
    """How the firewall of hosts differs from the ordinary one: shut, but for what functions say to one another."""

    enabled: bool = Field(
        default=True, description="« false » retire le pare-feu des hôtes : tout port y est alors ouvert à tous"
    )
    ssh_from: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = Field(
        default=[], description="Réseaux d'où l'on entre par SSH ; de partout s'il n'y en a pas"
    )
    incoming: list[Passage] = Field(default=[], description="Ce qui peut entrer de plus, sur chaque hôte")
    outgoing: list[Passage] = Field(default=[], description="Ce qui peut sortir de plus, de chaque hôte")
