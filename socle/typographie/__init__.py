"""French as it is printed: one rule for every application.

`calendrier` (days and hours), `nombres` (numbers, percentages, sizes), `espaces` (no-break spaces, apostrophes) are
pure. `dates` says the days and hours of instants, which it brings to the town's clock first (Django).
Templates take them all from `{% load typographie %}` (socle/composants/templatetags).
"""
