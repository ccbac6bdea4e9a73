"""Frames and error pages of both sites; what they are made of is in socle/composants."""
