"""Both sites, and an agent."""

from tests.guichet.fautes.conftest import alice, sites  # noqa: F401 - fixtures
