"""What editors read in place of the codes that a file holds."""

LIBELLES = {
    # Field
    "code_postal": "Code postal",
    "siret": "Numéro SIRET",
    "rna": "Numéro RNA",
    "immatriculation": "Plaque d'immatriculation",
    "iban": "IBAN",
    "passee": "Aujourd'hui ou avant",
    "future": "Aujourd'hui ou après",
    "demandeur": "De la personne qui fait la demande",
    "autre": "D'une autre personne",
    "pdf": "PDF",
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "heic": "HEIC (photos d'iPhone)",
    # Procedure
    "guichet": "Sur place",
    "telephone": "Par téléphone",
    "courrier": "Par courrier",
    "courriel": "Par e-mail",
    "jours": "jours",
    "semaines": "semaines",
    "mois": "mois",
    "jours_ouvres": "jours ouvrés",
    "accord": "Le silence vaut acceptation",
    "rejet": "Le silence vaut refus",
    "chaque": "Un e-mail à chaque demande",
    "resume": "Un e-mail par jour",
    "aucune": "Pas d'e-mail",
    "inutile": "Pas de compte",
    "facultatif": "Facultatif",
    "obligatoire": "Obligatoire",
    # Workflow
    "info": "Bleu : la mairie s'en occupe",
    "attention": "Orange : quelqu'un doit agir",
    "succes": "Vert : c'est fait",
    "neutre": "Gris",
    "usager": "L'usager",
    "service": "Le service",
    "aucun": "Aucun",
}

OPERATEURS = {
    "egal": "est",
    "different": "est autre que",
    "parmi": "est l'une de (une par ligne)",
    "contient": "comprend (choix de plusieurs réponses)",
    "rempli": "a une réponse",
    "vide": "n'a pas de réponse",
    "coche": "est cochée",
    "non_coche": "n'est pas cochée",
    "au_moins": "vaut au moins",
    "au_plus": "vaut au plus",
}
SANS_VALEUR = {
    "rempli": ("rempli", True),
    "vide": ("rempli", False),
    "coche": ("egal", True),
    "non_coche": ("egal", False),
}
REUNIONS = {
    "tous": "Toutes ces conditions",
    "un_de": "L'une de ces conditions",
    "aucun": "Aucune de ces conditions",
}
# One element of a list, by the title of the list.
SINGULIERS = {
    "Documents à préparer": "Document",
    "Autres façons de faire": "Voie",
    "Ce qui se passe ensuite": "Étape",
    "Modèles de réponse": "Modèle",
    "Pages du formulaire": "Page",
    "Choix possibles": "Choix",
    "Statuts": "Statut",
    "Actions": "Action",
    "Essais": "Essai",
}
