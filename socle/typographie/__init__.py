"""French as it is printed: one rule for every application.

`dates` (days and hours), `nombres` (numbers, percentages, sizes), `espaces` (no-break spaces, apostrophes) are pure:
what they are given is at the town's clock already. `heure_locale` brings instants to that clock first (Django).
Templates take them all from `{% load typographie %}` (socle/composants/templatetags).
"""
