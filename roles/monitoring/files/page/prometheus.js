// Reading Prometheus through the few paths that Apache lets through. Same origin, GET only.
export class SessionFinie extends Error {}

async function lire(chemin, parametres = {}) {
  const reponse = await fetch(`${chemin}?${new URLSearchParams(parametres)}`, { headers: { Accept: "application/json" } });
  if (reponse.status === 401 || reponse.status === 403) throw new SessionFinie();
  if (!reponse.ok) throw new Error(`réponse ${reponse.status}`);
  return (await reponse.json()).data;
}

/** Instant query: [{labels, value}]. */
export async function maintenant(expression) {
  const donnees = await lire("/api/v1/query", { query: expression });
  return donnees.result.map((r) => ({ labels: r.metric, value: Number(r.value[1]) }));
}

/** Query over a period {debut, fin, pas} in seconds: {temps: [...], series: [{labels, valeurs: [...]}]}, null for gaps. */
export async function surPeriode(expression, { debut, fin, pas }) {
  const donnees = await lire("/api/v1/query_range", { query: expression, start: debut, end: fin, step: pas });
  const temps = [];
  for (let t = debut; t <= fin; t += pas) temps.push(t);
  const rang = new Map(temps.map((t, i) => [t, i]));
  const series = donnees.result.map((r) => {
    const valeurs = new Array(temps.length).fill(null);
    for (const [t, v] of r.values) {
      const i = rang.get(t);
      const n = Number(v);
      if (i !== undefined && Number.isFinite(n)) valeurs[i] = n;
    }
    return { labels: r.metric, valeurs };
  });
  return { temps, series };
}

export async function alertes() {
  return (await lire("/api/v1/alerts")).alerts;
}
