"""One self-contained page a run (French and English), its figures as SVG and PNG beside it."""

from loadtests.report.page import write_report

__all__ = ["write_report"]
