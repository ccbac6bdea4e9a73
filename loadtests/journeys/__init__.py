"""What people come to do. Each journey is a function of a `Visit`; run once, it is a functional check."""

from loadtests.journeys.residents import RESIDENTS
from loadtests.journeys.visit import Visit

__all__ = ["RESIDENTS", "Visit"]
