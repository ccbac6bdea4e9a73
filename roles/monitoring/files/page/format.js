// French numbers, durations and dates. Times are the town's, whatever the reader's device says.
const FUSEAU = "Europe/Paris";
const entier = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });
const pourCent = new Intl.NumberFormat("fr-FR", { style: "percent", maximumFractionDigits: 0 });
const pourCentFin = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 2 });
const heureMinute = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: FUSEAU });
const jourHeure = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: FUSEAU });
const jourCourt = new Intl.DateTimeFormat("fr-FR", { weekday: "short", day: "numeric", timeZone: FUSEAU });

const connu = (valeur) => valeur !== null && valeur !== undefined && Number.isFinite(valeur);

export const nombre = (valeur) => (connu(valeur) ? entier.format(Math.round(valeur)) : "–");
export const part = (valeur) => (connu(valeur) ? pourCent.format(valeur) : "–");

/** Share that must not round up to 100 %: an outage stays visible. */
export function disponibilite(valeur) {
  if (!connu(valeur)) return "–";
  return valeur === 1 ? "100 %" : pourCentFin.format(Math.min(valeur, 0.9999));
}

/** Duration from seconds: 85 ms, 1,4 s, 12 min, 3 h 05, 4 jours. */
export function duree(secondes) {
  if (!connu(secondes)) return "–";
  if (secondes < 1) return `${entier.format(Math.round(secondes * 1000))} ms`;
  if (secondes < 60) return `${decimal.format(secondes)} s`;
  if (secondes < 3600) return `${entier.format(Math.round(secondes / 60))} min`;
  if (secondes < 172800) {
    const minutes = Math.round(secondes / 60);
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  }
  return `${entier.format(Math.round(secondes / 86400))} jours`;
}

export const heure = (date) => heureMinute.format(date);
export const dateHeure = (date) => jourHeure.format(date).replace(",", " à");
export const jour = (date) => jourCourt.format(date);

/** "1 demande", "3 demandes", "aucune demande". */
export function accord(valeur, mot, aucun = "aucune") {
  const n = Math.round(valeur);
  if (n === 0) return `${aucun} ${mot}`;
  return `${entier.format(n)} ${n > 1 ? mot.split(" ").map((m) => `${m}s`).join(" ") : mot}`;
}
