"""Panels drawn among volunteers, over the proven draw of `consultation.tirage`."""
