"""One self-contained page a run (French and English), its figures as SVG and PNG beside it."""

from loadtests.report.page import write_report
from loadtests.report.plateaus import read_capacity, write_capacity

__all__ = ["read_capacity", "write_capacity", "write_report"]
