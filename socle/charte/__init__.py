"""The town's graphic charter: one style sheet for every site, made of a template and of the town's own tokens.

`feuille.py` draws the sheet, `contrastes.py` judges the colours. Pure Python: the role that serves the sheet and the
application that serves it alone both read it here. `python -m socle.charte charte.yaml` writes it out.
"""
