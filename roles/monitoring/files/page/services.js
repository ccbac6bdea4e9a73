// One card for each service: state in words, availability strip, response time, certificate.
import { dessin, element } from "./dom.js";
import { disponibilite, duree, heure, jour } from "./format.js";
import { maintenant, surPeriode } from "./prometheus.js";

const ETAT = 'max by (nom) (probe_success{job=~"sondes|courrier"} or pg_up or up{job="postgresql"})';
const CRENEAUX = 48;
/** Seconds from which a page is slow: the limit of the alert « Pages lentes » (promesses.yml). */
const LENT = 1.5;
const ORDRE = ["Portail des démarches", "Site des agents", "Connexion", "Base de données", "Serveur de courrier", "Supervision"];

const rang = (nom) => (ORDRE.indexOf(nom) + 1 || ORDRE.length + 1);
const parNom = (resultats) => new Map(resultats.map((r) => [r.labels.nom, r.value ?? r.valeurs]));

/** Names of the services that do not answer now, whether or not an alert is out yet. */
export const enPanne = (services) => services.filter((s) => s.etat === 0).map((s) => s.nom);

/** Services that answer, but make people wait now, whether or not an alert is out yet. */
export const lents = (services) => services.filter((s) => s.etat !== 0 && attente(s) > LENT);

/** Seconds that people wait: what probes wait, or the slowest of the pages really asked for (5 in 100), whichever is longer. */
export const attente = (service) => Math.max(service.reponse ?? 0, service.pages ?? 0);

export async function lireServices(periode) {
  const pas = Math.max(60, Math.round(periode.secondes / CRENEAUX));
  const fin = Math.ceil(Date.now() / 1000 / pas) * pas; // the last slot is the current one, unfinished
  const decoupe = { debut: fin - pas * (CRENEAUX - 1), fin, pas };
  const [etats, historique, moyennes, durees, pages, certificats] = await Promise.all([
    maintenant(ETAT),
    surPeriode(`avg by (nom) (avg_over_time((${ETAT})[${pas}s:30s]))`, decoupe),
    // The same question as the page « État en texte » asks: two screens never say two figures.
    maintenant(`avg by (nom) (avg_over_time((${ETAT})[${periode.secondes}s:1m]))`),
    maintenant('max by (nom) (avg_over_time(probe_duration_seconds{job="sondes"}[5m]))'),
    maintenant("gru:page_p95_seconds"),
    maintenant('min by (nom) (probe_ssl_earliest_cert_expiry{job="sondes"} - time())'),
  ]);
  const etat = parNom(etats);
  const cases = parNom(historique.series);
  const disponible = parNom(moyennes);
  const reponse = parNom(durees);
  const certificat = parNom(certificats);
  return [...new Set([...etat.keys(), ...cases.keys()])]
    .sort((a, b) => rang(a) - rang(b) || a.localeCompare(b))
    .map((nom) => ({
      nom,
      etat: etat.get(nom),
      cases: cases.get(nom) ?? [],
      temps: historique.temps,
      disponible: disponible.get(nom),
      reponse: reponse.get(nom),
      // A function that several hosts carry has one measure a host, named « Portail des démarches (web1) ».
      pages: pages.filter((p) => p.labels.nom === nom || p.labels.nom.startsWith(`${nom} (`))
        .reduce((haut, p) => Math.max(haut, p.value), 0) || undefined,
      certificat: certificat.get(nom),
    }));
}

const MOTS = { 1: ["En service", "succes"], 0: ["En panne", "erreur"] };
const LENTEUR = ["En service, mais lent", "attention"];

function frise(service, periode) {
  const largeur = 6;
  const traits = service.cases.map((v, i) => {
    const sorte = v === null ? "inconnu" : v > 0.99 ? "bon" : v > 0.5 ? "moyen" : "mauvais";
    // Height tells the same as colour: a fault is a shorter bar.
    const hauteur = { inconnu: 6, bon: 28, moyen: 18, mauvais: 10 }[sorte];
    return dessin("rect", { class: `frise__${sorte}`, x: i * largeur, y: 28 - hauteur, width: largeur - 1.5, height: hauteur, rx: 1 });
  });
  const mesures = service.cases.filter((v) => v !== null);
  const pannes = service.cases.filter((v) => v !== null && v <= 0.99).length;
  const phrase = mesures.length
    ? `Disponible ${disponibilite(service.disponible)} du temps mesuré sur ${periode.libelle}${pannes ? `, interruptions dans ${pannes} créneau${pannes > 1 ? "x" : ""} sur ${mesures.length}` : ", sans interruption"}.`
    : "Pas encore de mesure sur cette période.";
  const debut = new Date((service.temps[0] ?? 0) * 1000);
  return [
    dessin("svg", { class: "frise", viewBox: `0 0 ${CRENEAUX * largeur} 28`, preserveAspectRatio: "none", role: "img", "aria-label": phrase }, ...traits),
    element("p", { class: "frise__bornes", "aria-hidden": "true" },
      element("span", {}, periode.secondes > 86400 ? jour(debut) : heure(debut)), element("span", {}, "maintenant")),
    element("p", { class: "petit" }, phrase),
  ];
}

function carte(service, periode) {
  const [mot, sorte] = lents([service]).length ? LENTEUR : (MOTS[service.etat] ?? ["Pas de mesure", "neutre"]);
  const details = [];
  if (service.reponse !== undefined) details.push(`Répond en ${duree(service.reponse)}`);
  if (service.pages !== undefined) details.push(`95 pages sur 100 en moins de ${duree(service.pages)}`);
  if (service.certificat !== undefined) details.push(`certificat valable encore ${duree(Math.max(0, service.certificat))}`);
  return element(
    "li",
    { class: `carte service service--${sorte}` },
    element("h3", {}, service.nom),
    element("p", {}, element("span", { class: `etiquette etiquette--${sorte}` }, mot)),
    ...frise(service, periode),
    details.length ? element("p", { class: "petit" }, `${details.join(", ")}.`) : null,
  );
}

export function afficherServices(zone, services, periode) {
  const cartes = services.map((s) => carte(s, periode));
  zone.replaceChildren(...(cartes.length ? cartes : [element("li", { class: "carte" }, "Les premières mesures arrivent dans une minute.")]));
}
