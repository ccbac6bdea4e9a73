"""What the workshops refuse."""


class AtelierRefuse(Exception):
    """Why something cannot be done, in French."""
