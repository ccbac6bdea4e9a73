#!/usr/bin/env python3
"""Django's command line; the folder above `guichet/` is put on the path, so it runs from anywhere."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts this file's own folder first: its packages would shadow others by short names.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.configuration.settings.schema")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
