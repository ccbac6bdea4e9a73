// Comfort only: how many characters a long text still takes. The server says it too, and never cuts anything.
(() => {
  // As people count: a line break is one, and so is an emoji made of several (socle/typographie/longueur.py counts alike).
  const decoupe = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("fr") : null;
  const longueur = (texte) => (decoupe ? [...decoupe.segment(texte)].length : [...texte].length);
  for (const zone of document.querySelectorAll("textarea[data-longueur-max]")) {
    const limite = Number(zone.dataset.longueurMax);
    const ligne = document.createElement("p");
    ligne.className = "champ__aide compteur";
    ligne.id = `${zone.id}_compteur`;
    ligne.setAttribute("role", "status");
    zone.after(ligne);
    const dire = () => {
      const reste = limite - longueur(zone.value);
      const nombre = Math.abs(reste).toLocaleString("fr-FR");
      ligne.classList.toggle("champ__erreur", reste < 0);
      if (reste < 0) ligne.textContent = `${nombre} caractère${reste < -1 ? "s" : ""} de trop : raccourcissez votre texte.`;
      else if (reste <= limite / 5) ligne.textContent = `Encore ${nombre} caractère${reste > 1 ? "s" : ""}.`;
      else ligne.textContent = "";
    };
    zone.addEventListener("input", dire);
    dire();
  }
})();
