// Building elements without ever writing HTML from data.
export function element(nom, proprietes = {}, ...enfants) {
  const noeud = document.createElement(nom);
  for (const [cle, valeur] of Object.entries(proprietes)) {
    if (valeur === null || valeur === undefined) continue;
    if (cle === "class") noeud.className = valeur;
    else noeud.setAttribute(cle, valeur);
  }
  noeud.append(...enfants.filter((e) => e !== null && e !== undefined));
  return noeud;
}

const SVG = "http://www.w3.org/2000/svg";
export function dessin(nom, attributs = {}, ...enfants) {
  const noeud = document.createElementNS(SVG, nom);
  for (const [cle, valeur] of Object.entries(attributs)) noeud.setAttribute(cle, valeur);
  noeud.append(...enfants);
  return noeud;
}
