"""What editors read in place of the codes that a file holds."""

import re

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
    "moins_de": "est avant, ou plus petite que",
    "plus_de": "est après, ou plus grande que",
    "commune": "est située (ici, ailleurs ou incertaine)",
}
RELATIONS = {nom: OPERATEURS[nom] for nom in ("moins_de", "plus_de", "au_moins", "au_plus", "egal", "different")}
REPERES = {
    "champ": "la réponse à une autre question",
    "aujourdhui": "aujourd'hui",
    "valeur": "la valeur écrite plus bas",
}
MESURES = {
    "age": "l'âge, en années",
    "age_rentree": "l'âge atteint dans l'année de la prochaine rentrée",
    "age_annee_scolaire": "l'âge atteint dans l'année de la dernière rentrée",
    "plus_petit": "le plus petit nombre des choix ou des éléments",
    "plus_grand": "le plus grand nombre des choix ou des éléments",
    "somme": "la somme des nombres des choix ou des éléments",
}
UNITES = {"jours": "jours", "semaines": "semaines", "mois": "mois", "annees": "années"}
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
    "Règles de la page": "Règle",
    "Règles du groupe": "Règle",
    "Essais des règles": "Essai",
    "Réponses de l'essai": "Réponse",
}

# Words of files that the screen says otherwise, once what is quoted has been replaced.
TOURNURES = tuple(
    (re.compile(motif), mots)
    for motif, mots in (
        (r"\bune condition est soit .*", "complétez cette condition (question, comparaison, valeur), ou retirez-la"),
        (r"\b[Ll]a transition ", "l'action "),
        (r"\baucune transition d'effet ", "aucune action qui a l'effet "),
        (r"\b(aucune|une) transition\b", r"\1 action"),
        (r"\bplusieurs transitions\b", "plusieurs actions"),
        (r"\bétapes automatiques\b", "actions automatiques"),
        (r"\bdu champ ", "de la question "),
        (r"\bplusieurs champs portent le nom ", "plusieurs questions portent le nom "),
        (r"\bplusieurs étapes portent le nom ", "plusieurs pages portent le nom "),
        (r"\bportent le code ", "portent le nom "),
        (r"\bla condition « (si|Montrer seulement si) »", "la condition"),
        (r"\bnom d'étape réservé : ", "ce nom de page dans l'adresse est déjà pris par le site : "),
    )
)

# Help of a key on the screen, where that of the file speaks of codes: by class and key.
AIDES = {
    "StatutDefini.nature": "Ce que le statut veut dire pour le site : qui doit agir, ou ce qui est fini.",
    "StatutDefini.code": "Laissez vide : il est fait tout seul. Personne ne le voit.",
    "TransitionDefinie.code": "Laissez vide : il est fait tout seul. Personne ne le voit.",
    "ModeleReponse.code": "Laissez vide : il est fait tout seul. Personne ne le voit.",
    "TransitionDefinie.depuis": "Les statuts où cette action est proposée.",
    "TransitionDefinie.vers": "Rien : le statut ne change pas.",
    "TransitionDefinie.par": "Un agent ; l'usager, depuis son espace ; ou le site, tout seul, après un délai.",
    "TransitionDefinie.previent": "Qui reçoit un e-mail, ou une lettre, quand cette action est faite.",
    "TransitionDefinie.modeles": "Ceux de l'onglet « Modèles de réponse », ou ceux d'une démarche.",
    "TransitionDefinie.groupes": "Groupes de l'annuaire qui peuvent la faire. Vide : tous les agents du service.",
    "EssaiDefini.etapes": "Choisissez les actions une à une.",
    "EssaiDefini.arrive": "Le statut où l'on doit se trouver à la fin.",
    "Workflow.initial": "Le statut d'une demande qui vient d'arriver.",
    "Regle.champ": "Une question de la page. Rien : la première dont parle la règle.",
    "Regle.code": "Laissez vide : il est fait tout seul. Personne ne le voit.",
    "ReponseEssai.question": "Une question du formulaire.",
    "Delai.silence": "Ce que vaut l'absence de réponse de la mairie (CRPA, L. 231-1 à L. 231-4).",
    "Definition.alerte": "Comment le service apprend qu'une demande est arrivée.",
    "Definition.theme": "Rubrique de la liste des démarches. Choisissez-en une qui existe, ou écrivez-en une nouvelle.",
}
