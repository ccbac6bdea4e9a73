"""The typed description of a site: what `stacks/<site>/site.yaml` may say, and nothing more."""

from infra.model.loading import SiteError, load_site
from infra.model.site import Site

__all__ = ["Site", "SiteError", "load_site"]
