"""What every block of a site is made of: keys that are known, values that do not change."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A block of site.yaml that refuses the keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
