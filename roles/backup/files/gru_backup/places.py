"""Where things are on a host, and how what a restoration puts aside is called."""

from __future__ import annotations

from pathlib import Path

CONFIGURATION = Path("/etc/gru/backup.json")
FIGURES = Path("/var/lib/prometheus/node-exporter")
KEPT = Path("/var/lib/gru/backup")
"""What this script remembers between two runs, and the site's folder until it is saved."""
LOCK = Path("/run/gru-backup.lock")
"""Held by whoever restores, alone, and by whoever saves, together."""
READING = Path("/run/gru-backup-check.lock")
"""Held by whoever reads snapshots again."""
BEFORE = ".avant-restauration"
"""End of the name of what a restoration put aside."""
MOVED = ".restauration-en-cours"
"""The same, of files that are still being moved: aside, or back."""
NEW = ".restauration"
"""End of the name of what is being restored."""
GONE = ".restauration-a-retirer"
"""End of the name of what an older restoration had put aside, renamed before it is removed."""
APART = (BEFORE, MOVED, NEW, GONE)
"""What restorations leave in a folder, that is not its content."""
