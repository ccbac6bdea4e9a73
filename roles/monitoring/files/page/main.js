// Reads everything every 30 seconds while the page is looked at, and says so when it cannot.
import { afficherAlertes, enCours, resumer } from "./alertes.js";
import { actualiser, construire } from "./courbes.js";
import { heure } from "./format.js";
import { GRAPHES } from "./graphes.js";
import { SessionFinie, alertes, maintenant } from "./prometheus.js";
import { afficherServices, enPanne, lents, lireServices } from "./services.js";

const PERIODES = {
  "6h": { secondes: 6 * 3600, libelle: "6 heures" },
  "24h": { secondes: 24 * 3600, libelle: "24 heures" },
  "7j": { secondes: 7 * 86400, libelle: "7 jours" },
};
const ATTENTE = 30_000;

const par = (id) => document.getElementById(id);
const demandee = new URLSearchParams(location.search).get("periode");
const cle = demandee in PERIODES ? demandee : "24h";
const periode = PERIODES[cle];

for (const lien of document.querySelectorAll("[data-periode]")) {
  if (lien.dataset.periode === cle) lien.setAttribute("aria-current", "true");
  else lien.removeAttribute("aria-current");
}
const graphes = GRAPHES.map((g) => construire(g, par(g.zone)));

/** Announced only when it changes, so that a screen reader is not disturbed every 30 seconds. */
function ecrire(noeud, texte) {
  if (noeud.textContent !== texte) noeud.textContent = texte;
}

async function actualiserTout() {
  const [liste, services] = await Promise.all([alertes().then(enCours), lireServices(periode)]);
  const titre = resumer(liste, enPanne(services), lents(services).map((s) => s.nom));
  ecrire(par("resume"), titre);
  ecrire(par("annonce"), titre);
  document.title = `${titre} – Supervision – ${document.body.dataset.ville}`;
  afficherAlertes(par("alertes"), liste);
  afficherServices(par("services"), services, periode);
  await Promise.all(graphes.map((g) => actualiser(g, periode)));
  // Hosts that are containers of one machine all give that machine's figures: say so.
  const instants = await maintenant("stdvar(node_boot_time_seconds) == 0 and count(node_boot_time_seconds) > 1");
  par("meme-machine").hidden = instants.length === 0;
  ecrire(par("mesure"), `Mesures de ${heure(new Date())}, relues toutes les 30 secondes.`);
  par("panne").hidden = true;
}

async function boucle() {
  if (!document.hidden) {
    try {
      await actualiserTout();
    } catch (erreur) {
      if (erreur instanceof SessionFinie) {
        par("session").hidden = false;
        par("session").focus();
        return;
      }
      par("panne").hidden = false;
      ecrire(par("resume"), "Les mesures ne peuvent pas être lues");
      console.warn(erreur);
    }
  }
  setTimeout(boucle, ATTENTE);
}
boucle();
