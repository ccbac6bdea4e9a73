"""What monitoring is told."""

from __future__ import annotations

from gru_backup import places
from gru_backup.memory import recall

PUBLISHED = {
    "success": ("gru_backup_last_success_timestamp_seconds", "When this was last saved; 0 where it never could be."),
    "check": ("gru_backup_last_check_timestamp_seconds", "When its backups were last read whole and found good."),
    "drill": ("gru_backup_last_drill_timestamp_seconds", "When a copy made of backups alone was last found the same."),
    "size": ("gru_backup_size_bytes", "What is saved: in the repository for the database, on the host for files."),
}


def publish() -> None:
    """Write figures where the node exporter reads them."""
    lines: list[str] = []
    for what, (figure, meaning) in PUBLISHED.items():
        known = sorted(places.KEPT.glob(f"*.{what}"))
        if known:
            lines += [f"# HELP {figure} {meaning}", f"# TYPE {figure} gauge"]
            lines += [f'{figure}{{set="{path.stem}"}} {recall(path.stem, what):.0f}' for path in known]
    places.FIGURES.mkdir(parents=True, exist_ok=True)
    new = places.FIGURES / "gru-backup.prom.new"
    new.write_text("\n".join([*lines, ""]), encoding="utf-8")
    new.chmod(0o644)
    new.replace(places.FIGURES / "gru-backup.prom")
