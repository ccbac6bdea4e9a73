"""Data files that refuse what they do not know: a key written wrong is told, never ignored."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a data file: no unknown key, no change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
