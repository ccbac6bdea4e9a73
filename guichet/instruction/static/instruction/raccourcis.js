// Keyboard shortcuts. Not loaded for an agent who switched them off (/raccourcis/); nothing needs them.
(() => {
  const aide = document.getElementById("aide-raccourcis");
  const liens = () => [...document.querySelectorAll("[data-ligne]")];
  const saisie = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]";

  const aller = (pas) => {
    const lignes = liens();
    if (!lignes.length) return false;
    const ici = lignes.findIndex((ligne) => ligne.closest("tr, li").contains(document.activeElement));
    const cible = ici < 0 ? (pas > 0 ? 0 : lignes.length - 1) : Math.min(Math.max(ici + pas, 0), lignes.length - 1);
    lignes[cible].focus();
    lignes[cible].scrollIntoView({ block: "nearest" });
    return true;
  };
  const ligne = () => document.activeElement?.closest("tr, li");
  const cocher = () => {
    const boite = ligne()?.querySelector("input[type=checkbox]");
    if (boite) boite.click();
    return Boolean(boite);
  };
  const chercher = () => {
    const champ = document.querySelector("input[type=search]");
    if (champ) { champ.focus(); champ.select(); }
    return Boolean(champ);
  };
  const agir = (touche) => {
    const bouton = document.querySelector(`[data-raccourci="${CSS.escape(touche)}"]`);
    if (bouton) bouton.click();
    return Boolean(bouton);
  };
  const communs = {
    j: () => aller(1),
    k: () => aller(-1),
    ArrowDown: () => Boolean(ligne()?.querySelector("[data-ligne]")) && aller(1),
    ArrowUp: () => Boolean(ligne()?.querySelector("[data-ligne]")) && aller(-1),
    x: cocher,
    "/": chercher,
    "?": () => { aide.showModal(); return true; },
  };

  document.addEventListener("keydown", (touche) => {
    if (touche.defaultPrevented || touche.ctrlKey || touche.metaKey || touche.altKey || touche.isComposing) return;
    if (touche.target.closest(saisie)) return;
    const geste = communs[touche.key];
    if ((touche.key.length === 1 && agir(touche.key)) || (geste && geste())) touche.preventDefault();
  });
  aide.querySelector("[data-fermer]").addEventListener("click", () => aide.close());
})();
