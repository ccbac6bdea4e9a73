// Current alerts, the gravest first, each with what to do.
import { element } from "./dom.js";
import { dateHeure } from "./format.js";

const RANG = { critique: 0, attention: 1 };

export function enCours(alertes) {
  return alertes
    .filter((a) => a.state === "firing" && a.labels.gravite in RANG)
    .sort((a, b) => RANG[a.labels.gravite] - RANG[b.labels.gravite] || a.activeAt.localeCompare(b.activeAt));
}

function carte(alerte) {
  const { titre, nom, gravite } = alerte.labels;
  return element(
    "article",
    { class: `alerte ${gravite === "critique" ? "alerte--erreur" : ""}` },
    element("h3", {}, nom ? `${titre} : ${nom}` : titre),
    element(
      "p",
      {},
      element("strong", { class: "gravite" }, gravite === "critique" ? "À traiter maintenant. " : "À traiter cette semaine. "),
      alerte.annotations.resume,
    ),
    element("p", { class: "petit" }, `Depuis le ${dateHeure(new Date(alerte.activeAt))}`),
    element("p", {}, element("strong", { class: "gravite" }, "Que faire ? "), alerte.annotations.action),
  );
}

export function afficherAlertes(zone, alertes) {
  const cartes = alertes.map(carte);
  zone.replaceChildren(...(cartes.length ? cartes : [element("p", { class: "alerte alerte--succes" }, "Aucune alerte en cours.")]));
}

/** Title of the page, from the alerts, the services that do not answer, and those that make people wait. */
export function resumer(alertes, pannes, lents) {
  const critiques = alertes.filter((a) => a.labels.gravite === "critique").length;
  if (critiques === 1) return "Un problème est à traiter maintenant";
  if (critiques > 1) return `${critiques} problèmes sont à traiter maintenant`;
  if (pannes.length === 1) return `${pannes[0]} : pas de réponse`;
  if (pannes.length > 1) return `${pannes.length} services ne répondent pas`;
  if (lents.length === 1) return `${lents[0]} répond lentement`;
  if (lents.length > 1) return `${lents.length} services répondent lentement`;
  if (alertes.length === 1) return "Tout fonctionne, un point est à surveiller";
  if (alertes.length > 1) return `Tout fonctionne, ${alertes.length} points sont à surveiller`;
  return "Tout fonctionne";
}
