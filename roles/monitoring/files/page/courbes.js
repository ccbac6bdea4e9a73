// Draws one chart with uPlot, its legend, its sentence and its table. Colour is never alone: dashes differ too.
import { dessin, element } from "./dom.js";
import { heure, jour } from "./format.js";
import { maintenant, surPeriode } from "./prometheus.js";

/* global uPlot */
const TRAITS = [
  ["#0f5c5e", []], ["#b3541e", [8, 4]], ["#5b3ea8", [2, 3]], ["#1f6fb2", [12, 4, 2, 4]],
  ["#8a1c4a", [5, 5]], ["#4d6b1f", [14, 4]], ["#5a5a5a", [2, 6]], ["#0f5c5e", [16, 3, 2, 3, 2, 3]],
  ["#b3541e", [3, 7]], ["#5b3ea8", [10, 10]], ["#1f6fb2", [6, 2]], ["#8a1c4a", [18, 6]],
];
const POINTS = 120;
const LIGNES_DE_TABLE = 24;

export function construire(graphe, zone) {
  const id = `graphe-${graphe.id}`;
  const dom = {
    phrase: element("p", { id: `${id}-phrase` }, "Lecture des mesures…"),
    toile: element("div", { class: "graphe__toile", role: "img", "aria-labelledby": `${id}-titre ${id}-phrase` }),
    legende: element("ul", { class: "graphe__legende" }),
    table: element("div", { class: "table-defilante", tabindex: "0", role: "region", "aria-label": `${graphe.titre}, en chiffres` }),
    details: element("details", {}, element("summary", {}, "Voir les chiffres")),
  };
  dom.details.append(dom.table);
  zone.append(
    element("section", { class: "carte graphe", "aria-labelledby": `${id}-titre` },
      element("h3", { id: `${id}-titre` }, graphe.titre), element("p", { class: "petit" }, graphe.unite),
      dom.phrase, dom.toile, dom.legende, dom.details),
  );
  const etat = { graphe, dom, courbe: null, noms: "", donnees: null, periode: null };
  dom.details.addEventListener("toggle", () => remplirTable(etat));
  new ResizeObserver(() => etat.courbe?.setSize(taille(dom.toile))).observe(dom.toile);
  return etat;
}

const taille = (toile) => ({ width: Math.max(200, toile.clientWidth), height: 200 });

export async function actualiser(etat, periode) {
  const { graphe, dom } = etat;
  const creneaux = graphe.barres ? 24 : POINTS;
  const pas = Math.max(15, Math.round(periode.secondes / creneaux));
  const fin = graphe.barres ? Math.ceil(Date.now() / 1000 / pas) * pas : Math.floor(Date.now() / 1000 / pas) * pas;
  const decoupe = { debut: fin - pas * (creneaux - 1), fin, pas };
  let { temps, series } = await surPeriode(graphe.requete(pas), decoupe);
  let secours = false;
  if (!series.some((s) => s.valeurs.some((v) => v !== null)) && graphe.secours) {
    ({ temps, series } = await surPeriode(graphe.secours(pas), decoupe));
    secours = true;
  }
  series = series
    .map((s) => ({ nom: graphe.nom(s.labels), valeurs: s.valeurs }))
    .filter((s) => s.valeurs.some((v) => v !== null))
    .sort((a, b) => a.nom.localeCompare(b.nom));
  const { debut, depuis } = graphe.barres ? { debut: 0 } : premiereMesure(temps, series);
  temps = temps.slice(debut);
  series = series.map((s) => ({ ...s, valeurs: s.valeurs.slice(debut) }));
  etat.donnees = { temps, series, pas };
  etat.periode = periode;
  dom.toile.hidden = dom.legende.hidden = dom.details.hidden = series.length === 0;
  if (series.length === 0) {
    dom.phrase.textContent = "Pas encore de mesure sur cette période.";
    return;
  }
  const complement = graphe.complement ? (await maintenant(graphe.complement))[0]?.value : undefined;
  dom.phrase.textContent = [graphe.conclusion(series, periode, complement), secours ? graphe.secoursPhrase : "", depuis ?? ""]
    .filter(Boolean).join(" ");
  dessiner(etat);
  remplirTable(etat);
}

/** Where measures begin: a curve of one hour is not squeezed at the right of a day, and the sentence says since when. */
function premiereMesure(temps, series) {
  const debut = Math.max(0, Math.min(...series.map((s) => s.valeurs.findIndex((v) => v !== null))));
  if (!Number.isFinite(debut) || debut < temps.length / 20) return { debut: 0 };
  return { debut, depuis: `Mesuré depuis ${heure(new Date(temps[debut] * 1000))}.` };
}

function dessiner(etat) {
  const { graphe, dom, periode } = etat;
  const { temps, series } = etat.donnees;
  const noms = series.map((s) => s.nom).join("|");
  const donnees = [temps, ...series.map((s) => s.valeurs)];
  if (etat.courbe && etat.noms === noms) {
    etat.courbe.setData(donnees);
    return;
  }
  etat.courbe?.destroy();
  etat.noms = noms;
  const police = `13px ${getComputedStyle(document.body).fontFamily}`;
  const axe = { stroke: "#4c5c61", font: police, grid: { stroke: "#e6e8e3", width: 1 }, ticks: { stroke: "#c9cec8", width: 1 } };
  const moment = (t) => (periode.secondes > 86400 ? jour : heure)(new Date(t * 1000));
  etat.courbe = new uPlot(
    {
      ...taille(dom.toile),
      legend: { show: false },
      cursor: { show: false },
      padding: [12, 24, 0, 0],
      scales: { x: { time: true, range: (_, debut, fin) => (graphe.barres ? [debut - etat.donnees.pas / 2, fin + etat.donnees.pas / 2] : [debut, fin]) }, y: { range: (_, bas, haut) => [0, graphe.part ? 1 : Math.max(haut * 1.1, graphe.barres || graphe.id === "taches" ? 4 : 0.05)] } },
      axes: [
        { ...axe, space: 70, values: (_, instants) => instants.map(moment) },
        { ...axe, size: 64, space: 40, values: (_, valeurs) => valeurs.map((v) => graphe.valeur(v)) },
      ],
      series: [
        {},
        ...series.map((s, i) => {
          const [couleur, tirets] = TRAITS[i % TRAITS.length];
          return graphe.barres
            ? { label: s.nom, stroke: couleur, fill: couleur, paths: uPlot.paths.bars({ size: [0.7, 40] }), points: { show: false } }
            : { label: s.nom, stroke: couleur, dash: tirets, width: 2, points: { show: false }, spanGaps: false };
        }),
      ],
    },
    donnees,
    dom.toile,
  );
  dom.legende.hidden = series.length < 2;
  dom.legende.replaceChildren(
    ...series.map((s, i) => {
      const [couleur, tirets] = TRAITS[i % TRAITS.length];
      return element("li", {},
        dessin("svg", { width: 34, height: 10, "aria-hidden": "true" },
          dessin("line", { x1: 0, y1: 5, x2: 34, y2: 5, stroke: couleur, "stroke-width": 3, "stroke-dasharray": tirets.join(" ") })),
        s.nom);
    }),
  );
}

function remplirTable({ graphe, dom, donnees, periode }) {
  if (!dom.details.open || !donnees) return;
  const { temps, series } = donnees;
  const quand = periode.secondes > 86400 ? (d) => `${jour(d)}, ${heure(d)}` : heure;
  const saut = Math.max(1, Math.ceil(temps.length / LIGNES_DE_TABLE));
  const rangs = temps.map((_, i) => i).filter((i) => (temps.length - 1 - i) % saut === 0).reverse();
  dom.table.replaceChildren(
    element("table", { class: "table" },
      element("caption", {}, `${graphe.titre} (${graphe.unite}), sur ${periode.libelle}, du plus récent au plus ancien`),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Heure"),
        ...series.map((s) => element("th", { scope: "col", class: "nombre" }, s.nom)))),
      element("tbody", {}, ...rangs.map((i) =>
        element("tr", {}, element("th", { scope: "row" }, quand(new Date(temps[i] * 1000))),
          ...series.map((s) => element("td", { class: "nombre" }, graphe.valeur(s.valeurs[i]))))))),
  );
}
