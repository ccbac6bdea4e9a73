"""The portal's password in the directory changes while people sign up: both values are known, whichever is taken."""

from __future__ import annotations

from typing import Any

import pytest

from guichet.comptes import annuaire as annuaire_du_site
from guichet.comptes.annuaire import AnnuaireIndisponible
from tests.guichet.comptes.conftest import SECRET, Annuaire


@pytest.mark.parametrize(("premier", "autre"), [(SECRET, "à venir"), ("passé", SECRET), (SECRET, "")])
def test_whichever_password_the_directory_takes_it_answers(
    annuaire: Annuaire, settings: Any, premier: str, autre: str
) -> None:
    settings.GUICHET_LDAP = {**settings.GUICHET_LDAP, "password": premier, "autre_password": autre}
    assert annuaire_du_site.adresse_connue("alice.martin@gru.test")


@pytest.mark.parametrize("autre", ["", "faux aussi"])
def test_a_password_that_is_neither_is_refused(annuaire: Annuaire, settings: Any, autre: str) -> None:
    settings.GUICHET_LDAP = {**settings.GUICHET_LDAP, "password": "faux", "autre_password": autre}
    with pytest.raises(AnnuaireIndisponible):
        annuaire_du_site.adresse_connue("alice.martin@gru.test")
