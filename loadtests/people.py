"""Who comes: residents and agents made for load tests, drawn from each arrival's seed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.state import OperatorError, Stack

_GIVEN = ("Zoé", "Karim", "Jeanne", "Paul", "Inès", "Mehdi", "Louise", "Thomas", "Aïcha", "Hugo")
_FAMILY = ("Marchand", "Benali", "Durand", "Petit", "Nguyen", "Moreau", "Diallo", "Lefèvre", "Garcia", "Roux")


@dataclass(frozen=True)
class Resident:
    """A person with an account of the directory."""

    number: int
    domain: str
    password: str

    @property
    def login(self) -> str:
        """Name in the directory."""
        return f"charge-{self.number:06d}"

    @property
    def given_name(self) -> str:
        """One of ten, so that forms look alive."""
        return _GIVEN[self.number % len(_GIVEN)]

    @property
    def family_name(self) -> str:
        """One of ten."""
        return _FAMILY[self.number // len(_GIVEN) % len(_FAMILY)]

    @property
    def email(self) -> str:
        """An address that the platform keeps the mails of."""
        return f"{self.login}@{self.domain}"


@dataclass
class AgentAccount:
    """An agent; `secret` is the key of the second factor, empty until it is enrolled."""

    login: str
    secret: str = ""


@dataclass
class People:
    """Accounts of one platform. Kept beside its state, readable by its owner only: it holds passwords."""

    domain: str
    password: str
    residents: int
    agents: list[AgentAccount] = field(default_factory=list)

    def resident(self, number: int) -> Resident:
        """The resident of that number; beyond the last one, the first ones come again."""
        return Resident(number % max(self.residents, 1), self.domain, self.password)

    def write(self, path: Path) -> None:
        """Keep the accounts, mode 0600."""
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> People:
        """The accounts made before. Raises FileNotFoundError where none were."""
        content = json.loads(path.read_text(encoding="utf-8"))
        agents = [AgentAccount(**agent) for agent in content.pop("agents")]
        return cls(**content, agents=agents)


def people_file(stack: Stack) -> Path:
    """Where the accounts made on a stack are kept, whether or not there are any."""
    return stack.directory / "charge-comptes.json"


def known_people(stack: Stack) -> Path:
    """The file of the accounts made on a stack. Raises OperatorError where none were."""
    path = people_file(stack)
    if not path.exists():
        raise OperatorError(f"Les essais ont besoin de personnes : lancez « gru load accounts --stack {stack.name} ».")
    return path
