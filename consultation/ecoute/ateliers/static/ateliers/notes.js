// Notes of a table on a phone whose network comes and goes. Without this script the form still works.
// What cannot be sent waits in this browser, in order, and leaves by itself; the key of each note makes a second
// sending harmless.
(() => {
  const formulaire = document.querySelector("form[data-notes]");
  const etat = document.getElementById("etat-notes");
  const liste = document.getElementById("notes-prises");
  if (!formulaire || !etat || !liste || !window.fetch || !window.localStorage) return;
  const coffre = `notes ${location.pathname}`;
  const texte = formulaire.elements.namedItem("texte");
  const cle = formulaire.elements.namedItem("cle");

  const lire = () => JSON.parse(localStorage.getItem(coffre) || "[]");
  const ecrire = (attente) => localStorage.setItem(coffre, JSON.stringify(attente));
  const nouvelleCle = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  const dire = () => {
    const n = lire().length;
    etat.textContent = n ? `${n} note${n > 1 ? "s" : ""} en attente de réseau. Gardez cette page ouverte.` : "Tout est enregistré.";
  };

  let envoi = false;
  async function partir() {
    if (envoi) return;
    envoi = true;
    try {
      for (let attente = lire(); attente.length; attente = lire()) {
        const corps = new FormData(formulaire);
        corps.set("texte", attente[0].texte);
        corps.set("cle", attente[0].cle);
        const reponse = await fetch(location.pathname, { method: "POST", body: corps, headers: { Accept: "application/json" } });
        if (!reponse.ok || reponse.redirected) break;
        ecrire(lire().filter((note) => note.cle !== attente[0].cle));
      }
    } catch {
      // No network: it stays in the box.
    } finally {
      envoi = false;
      dire();
    }
  }

  formulaire.addEventListener("submit", (evenement) => {
    evenement.preventDefault();
    const dit = texte.value.trim();
    if (!dit) { texte.focus(); return; }
    ecrire([...lire(), { texte: dit, cle: nouvelleCle() }]);
    const ligne = document.createElement("li");
    ligne.textContent = dit;
    liste.prepend(ligne);
    texte.value = "";
    cle.value = nouvelleCle();
    texte.focus();
    partir();
  });
  window.addEventListener("online", partir);
  setInterval(partir, 15000);
  partir();
})();
