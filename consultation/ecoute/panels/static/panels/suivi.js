// Progress of a draw. Without this script the link « Actualiser » does the same.
(() => {
  const zone = document.querySelector("[data-suivi]");
  if (!zone || !window.fetch) return;
  const barre = zone.querySelector("progress");
  const mots = zone.querySelector("[role=status]");
  const regarder = async () => {
    try {
      const etat = await (await fetch(zone.dataset.suivi)).json();
      if (etat.fini) { location.reload(); return; }
      barre.value = etat.part;
      const phrase = `${etat.libelle} : ${etat.part} %`;
      if (mots.textContent !== phrase) mots.textContent = phrase;
    } catch {
      // The server is busy: look again later.
    }
    setTimeout(regarder, 1500);
  };
  setTimeout(regarder, 1000);
})();
