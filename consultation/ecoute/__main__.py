"""Django's command line of this application: `python -m consultation.ecoute migrate`…"""

import os

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.ecoute.settings.autonome")
    execute_from_command_line()
