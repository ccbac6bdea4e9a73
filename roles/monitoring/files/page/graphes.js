// What is drawn: questions to Prometheus, and the sentence that says what the curve shows.
import { accord, duree, nombre, part } from "./format.js";

const DISQUES = 'fstype!~"tmpfs|ramfs|squashfs|iso9660|nsfs"';

const dernier = (valeurs) => valeurs.findLast((v) => v !== null);
const somme = (valeurs) => valeurs.reduce((a, v) => a + (v ?? 0), 0);
const maximum = (valeurs) => Math.max(...valeurs.filter((v) => v !== null));

/** The series whose last value is the highest. */
function premier(series) {
  return series
    .map((s) => ({ nom: s.nom, valeur: dernier(s.valeurs) }))
    .filter((s) => s.valeur !== undefined)
    .sort((a, b) => b.valeur - a.valeur)[0];
}

function leHaut(quoi, mot) {
  return (series) => {
    const haut = premier(series);
    return haut ? `En ce moment, ${quoi} : ${haut.nom} (${part(haut.valeur)}${mot}).` : "Pas encore de mesure.";
  };
}

export const GRAPHES = [
  {
    zone: "activite",
    id: "demandes",
    titre: "Demandes acceptées",
    unite: "demandes par créneau",
    valeur: nombre,
    barres: true,
    requete: (pas) => `sum(increase(guichet_demandes_acceptees_total[${pas}s]))`,
    nom: () => "Demandes acceptées",
    conclusion: (series, periode) => {
      const n = somme(series.flatMap((s) => s.valeurs));
      const texte = accord(n, "demande acceptée");
      return `${texte[0].toUpperCase()}${texte.slice(1)} sur ${periode.libelle}.`;
    },
  },
  {
    zone: "activite",
    id: "taches",
    titre: "Tâches en attente",
    unite: "tâches (courriels à envoyer, avis aux services…)",
    valeur: nombre,
    requete: () => "max(guichet_taches_en_attente)",
    nom: () => "Tâches en attente",
    complement: "max(guichet_tache_plus_ancienne_secondes)",
    conclusion: (series, periode, age) => {
      const n = dernier(series[0].valeurs) ?? 0;
      const pointe = `Le plus haut sur ${periode.libelle} : ${nombre(maximum(series[0].valeurs))}.`;
      if (n < 1) return `Aucune tâche n’attend en ce moment. ${pointe}`;
      return `${accord(n, "tâche")} en attente, la plus ancienne depuis ${duree(age)}. ${pointe}`;
    },
  },
  {
    zone: "activite",
    id: "reponses",
    titre: "Temps de réponse des pages",
    unite: "95 pages sur 100 sont plus rapides",
    valeur: duree,
    requete: (pas) =>
      `histogram_quantile(0.95, sum by (le, nom) (rate(guichet_requete_duree_secondes_bucket[${Math.max(pas, 300)}s])))`,
    secours: (pas) => `max by (nom) (avg_over_time(probe_duration_seconds{job="sondes"}[${pas}s]))`,
    secoursPhrase: "Mesuré par les sondes de la supervision.",
    nom: (labels) => labels.nom,
    conclusion: (series) => {
      const haut = premier(series);
      return haut ? `En ce moment, le plus lent : ${haut.nom} (${duree(haut.valeur)}).` : "Pas encore de mesure.";
    },
  },
  {
    zone: "activite",
    id: "erreurs",
    titre: "Pages en erreur",
    unite: "pages par créneau que le site n’a pas pu rendre",
    valeur: nombre,
    barres: true,
    requete: (pas) =>
      `sum(increase({__name__=~"(guichet|ecoute)_requete_duree_secondes_count", statut=~"5.."}[${pas}s])) or vector(0)`,
    nom: () => "Pages en erreur",
    conclusion: (series, periode) => {
      const n = somme(series.flatMap((s) => s.valeurs));
      return n < 0.5 ? `Aucune page en erreur sur ${periode.libelle}.` : `${accord(n, "page")} en erreur sur ${periode.libelle}.`;
    },
  },
  {
    zone: "activite",
    id: "courriels",
    titre: "Courriels refusés",
    unite: "envois par créneau que le serveur de courrier a refusés (ils sont retentés)",
    valeur: nombre,
    barres: true,
    requete: (pas) => `sum(increase({__name__=~"(guichet|ecoute)_courriels_echecs_total"}[${pas}s]))`,
    nom: () => "Courriels refusés",
    complement: 'sum({__name__=~"(guichet|ecoute)_envois_abandonnes", canal="courriel"})',
    conclusion: (series, periode, abandonnes) => {
      const n = somme(series.flatMap((s) => s.valeurs));
      const envois = n < 0.5 ? `Aucun envoi refusé sur ${periode.libelle}.` : `${accord(n, "envoi refusé")} sur ${periode.libelle}.`;
      return abandonnes > 0 ? `${envois} ${accord(abandonnes, "courriel abandonné")} en tout.` : envois;
    },
  },
  {
    zone: "machines",
    id: "processeur",
    titre: "Processeur",
    unite: "part occupée",
    valeur: part,
    part: true,
    requete: (pas) => `1 - avg by (nom) (rate(node_cpu_seconds_total{mode="idle"}[${Math.max(pas, 120)}s]))`,
    nom: (labels) => labels.nom,
    conclusion: leHaut("la machine la plus occupée", ""),
  },
  {
    zone: "machines",
    id: "memoire",
    titre: "Mémoire",
    unite: "part utilisée",
    valeur: part,
    part: true,
    requete: () => "1 - max by (nom) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
    nom: (labels) => labels.nom,
    conclusion: leHaut("la machine la plus remplie", ""),
  },
  {
    zone: "machines",
    id: "disque",
    titre: "Disque",
    unite: "part utilisée du disque le plus plein",
    valeur: part,
    part: true,
    requete: () => `1 - min by (nom) (node_filesystem_avail_bytes{${DISQUES}} / (node_filesystem_size_bytes{${DISQUES}} > 0))`,
    nom: (labels) => labels.nom,
    conclusion: leHaut("le disque le plus plein", ""),
  },
];
