// Opens the notes page of a table when there is no network (service worker). It keeps that page, its style and its
// script, nothing else; notes themselves are kept and sent by notes.js. What is kept is forgotten after a day's work.
const BOITE = "notes-hors-ligne";
const DUREE_MS = 12 * 3600 * 1000;
const NOTES = /^\/equipe\/ateliers\/\d+\/table\/\d+\/$/;
const DECOR = /^\/(static|charte)\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (evenement) => evenement.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (evenement) => {
  const { request } = evenement;
  const adresse = new URL(request.url);
  if (request.method !== "GET" || adresse.origin !== self.location.origin) return;
  const page = request.mode === "navigate" && NOTES.test(adresse.pathname);
  if (page || DECOR.test(adresse.pathname)) evenement.respondWith(chercher(request, page));
});

async function chercher(request, page) {
  const boite = await caches.open(BOITE);
  const gardee = await boite.match(request, { ignoreVary: true });
  const fraiche = gardee && Date.now() - new Date(gardee.headers.get("Date") || 0).getTime() < DUREE_MS;
  try {
    const reponse = await fetch(request);
    if (reponse.status >= 502 && fraiche) return gardee; // the front answers, the application does not
    if (reponse.ok) await boite.put(request, reponse.clone());
    else if (page && reponse.status < 500) await boite.delete(request, { ignoreVary: true }); // signed out, or not theirs
    return reponse;
  } catch (erreur) {
    if (fraiche) return gardee;
    throw erreur;
  }
}
