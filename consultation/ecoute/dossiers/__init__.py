"""Consultations: what was decided, published, and where each stands, over the rules of `consultation.dossier`."""
