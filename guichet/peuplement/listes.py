"""Invented people and places of a French town. Nobody exists; addresses end in .invalid, which no mail reaches."""

from __future__ import annotations

_NOMS = (
    "Adam André Antoine Arnaud Aubert Aubry Bailly Barbier Baron Barre Benoît Bernard Berger Bertin Bertrand Besson "
    "Blanc Blanchard Bonnet Boucher Bouvier Boyer Breton Briand Brun Brunet Caron Carpentier Charpentier Chevalier "
    "Clément Colin Collet Cordier Cousin Da_Silva David Delaunay Denis Deschamps Diallo Dubois Dufour Dumas Dumont "
    "Dupont Dupuis Dupuy Durand Étienne Fabre Faure Fernandez Ferreira Fleury Fontaine Fournier François Gaillard "
    "Garcia Garnier Gauthier Gautier Gérard Germain Gilbert Girard Giraud Gomez Gonzalez Guérin Guillaume Guillot "
    "Hamel Haddad Henry Hubert Huet Jacob Jacquet Jean Joly Julien Klein Lacroix Lambert Laurent Le_Gall Le_Roux "
    "Lebrun Leclerc Lefebvre Lefèvre Legrand Lemaire Lemoine Leroy Lopez Louis Lucas Maillard Mallet Marchal Marchand "
    "Marie Martin Martinez Masson Mathieu Menard Mercier Meunier Meyer Michel Millet Monnier Moreau Morel Morin "
    "Moulin Muller N'Diaye Nguyen Nicolas Noël Olivier Paris Pasquier Perez Perrin Perrot Petit Philippe Picard Pires "
    "Poirier Pons Poulain Prévost Rémy Renard Renaud Rey Richard Rivière Robert Robin Roche Rodriguez Roger Rolland "
    "Rousseau Roussel Roux Roy Sanchez Schmitt Simon Tessier Thomas Traoré Vasseur Vidal Vincent Weber Yilmaz"
)
NOMS = tuple(nom.replace("_", " ") for nom in _NOMS.split())

VOIES = (
    "rue des Lilas", "rue du Moulin", "avenue de la République", "rue Pasteur", "boulevard Victor-Hugo",
    "place du Marché", "rue des Écoles", "rue Jean-Jaurès", "allée des Tilleuls", "rue de la Gare",
    "rue du Château", "chemin des Vignes", "rue Louise-Michel", "avenue du Général-de-Gaulle", "rue des Ateliers",
    "rue du Stade", "quai de la Rivière", "rue Marie-Curie", "impasse des Roses", "rue du Théâtre",
    "rue de l'Église", "square des Peupliers", "rue Ambroise-Croizat", "rue des Jardins", "avenue Jules-Ferry",
    "rue Simone-Veil", "cours de la Liberté", "rue du Lavoir", "route de Saint-Martin", "rue Olympe-de-Gouges",
)  # fmt: skip

AGENTS = (
    ("alice.martin", "Alice Martin"), ("bruno.petit", "Bruno Petit"), ("denise.leroy", "Denise Leroy"),
    ("eric.faure", "Éric Faure"), ("fatou.sow", "Fatou Sow"), ("gilles.morel", "Gilles Morel"),
    ("helene.roux", "Hélène Roux"), ("ivan.costa", "Ivan Costa"), ("julie.blanc", "Julie Blanc"),
    ("karim.amari", "Karim Amari"), ("lea.simon", "Léa Simon"), ("marc.dupuis", "Marc Dupuis"),
    ("nora.benali", "Nora Benali"), ("omar.fall", "Omar Fall"), ("paula.reis", "Paula Reis"),
)  # fmt: skip

MESSAGES_AGENT = (
    "Bonjour, nous avons bien lu votre demande. Nous revenons vers vous cette semaine.",
    "Bonjour, une équipe passera dans les prochains jours.",
    "Bonjour, votre dossier est complet, il suit son cours.",
    "Bonjour, merci de votre patience : nous avons reçu beaucoup de demandes en ce moment.",
)

REPONSES = (
    "Bonjour, c'est fait. Vous pouvez nous écrire si vous avez une question.",
    "Bonjour, votre demande est acceptée. Vous trouverez la suite dans ce message.",
    "Bonjour, l'intervention a eu lieu ce matin. Merci de nous avoir prévenus.",
    "Bonjour, voici la réponse à votre demande. Nous restons à votre disposition.",
)

MOTIFS_DE_REFUS = (
    "Bonjour, les conditions ne sont pas remplies. Vous pouvez nous répondre si votre situation change.",
    "Bonjour, nous n'avons plus de place à cette date. Proposez-nous une autre date.",
)

MESSAGES_USAGER = (
    "Merci pour votre réponse rapide.",
    "Bonjour, avez-vous des nouvelles de ma demande ?",
    "Voici le document que vous m'avez demandé.",
    "Je précise que je ne suis pas disponible le mercredi.",
    "Le problème est toujours là, pouvez-vous repasser ?",
)

NOTES = (
    "Appelé, pas de réponse. Rappeler demain matin.",
    "Vu avec l'équipe : prévu cette semaine.",
    "Dossier vérifié, il ne manque rien.",
    "Attendre l'avis du service technique.",
)

PIECES_DEMANDEES = (
    "Justificatif de domicile",
    "Pièce d'identité lisible",
    "Attestation d'assurance",
    "Plan de situation",
)
AUTORITES = ("Conseil départemental", "Communauté d'agglomération", "Préfecture", "Bailleur social")
