// Notes of a table on a phone whose network comes and goes. Without this script the form still works.
// What cannot be sent waits in this browser, in order, survives a reload, and leaves by itself; the key of each note
// makes a second sending harmless. hors-ligne.js opens this page again without network.
(() => {
  const formulaire = document.querySelector("form[data-notes]");
  const etat = document.getElementById("etat-notes");
  const attentes = document.getElementById("notes-attente");
  const liste = document.getElementById("notes-prises");
  const aussi = document.getElementById("autres-notes");
  if (!formulaire || !etat || !liste || !window.fetch || !window.localStorage) return;
  const coffre = `notes ${location.pathname}`;
  const brouillon = `brouillon ${location.pathname}`;
  const texte = formulaire.elements.namedItem("texte");
  const qui = formulaire.elements.namedItem("qui");
  const RELIRE_MS = 15000;

  const lire = () => JSON.parse(localStorage.getItem(coffre) || "[]");
  const ecrire = (notes) => localStorage.setItem(coffre, JSON.stringify(notes));
  const nouvelleCle = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  const compter = (n) => (n > 1 ? `${n} notes sont gardées` : "1 note est gardée");
  const element = (nom, mots, classe) => Object.assign(document.createElement(nom), { textContent: mots, className: classe || "" });

  function dessiner() {
    attentes.replaceChildren(...lire().map((note) => {
      const ligne = element("li", "", "avis__texte");
      const mots = note.refus ? `Pas acceptée : ${note.refus}` : "Pas encore envoyée";
      ligne.append(element("span", note.texte), document.createElement("br"), element("span", mots, "petit"));
      return ligne;
    }));
  }

  function montrer(donnees) {
    liste.replaceChildren(...donnees.notes.map((note) => {
      const ligne = element("li", "", "avis__texte");
      ligne.append(element("span", note.texte), document.createElement("br"));
      ligne.append(element("span", note.heure + (note.par ? `, notée par ${note.par}` : ""), "petit"));
      if (note.corriger) {
        const lien = Object.assign(element("a", "Corriger", "petit"), { href: note.corriger });
        lien.append(element("span", ` la note : ${note.texte}`, "sr-only"));
        ligne.append(" ", lien);
      }
      return ligne;
    }));
    const noms = donnees.autres.join(" et ");
    aussi.hidden = !noms;
    if (noms && !aussi.textContent.startsWith(noms)) {
      aussi.textContent = `${noms} note aussi à cette table. Les notes de chacun sont gardées, aucune n'en remplace une autre. Mettez-vous d'accord pour ne pas noter deux fois la même idée.`;
    }
  }

  function dire(probleme) {
    const n = lire().filter((note) => !note.refus).length;
    let mots = n ? `Envoi en cours. ${compter(n)} sur ce téléphone.` : "Tout est enregistré.";
    if (probleme === "session") {
      mots = `Votre session est finie. ${n ? `${compter(n)} sur ce téléphone. ` : ""}Reconnectez-vous, puis revenez sur cette page.`;
    } else if (probleme === "reseau" || !navigator.onLine) {
      mots = n ? `Pas de réseau. ${compter(n)} sur ce téléphone, l'envoi se fera tout seul.` : "Pas de réseau. Vous pouvez continuer à noter.";
    }
    if (etat.textContent !== mots) etat.textContent = mots;
    dessiner();
  }

  // After a new sign-in, the page kept on the phone holds an old token: take the current one.
  async function nouveauJeton() {
    const reponse = await fetch(location.pathname, { redirect: "manual" });
    if (!reponse.ok) return false;
    const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
    const jeton = page.querySelector("[name=csrfmiddlewaretoken]");
    if (jeton) formulaire.elements.namedItem("csrfmiddlewaretoken").value = jeton.value;
    return Boolean(jeton);
  }

  function poster(note) {
    const corps = new FormData(formulaire);
    for (const nom of ["texte", "cle", "qui"]) corps.set(nom, note[nom] || "");
    return fetch(location.pathname, { method: "POST", body: corps, headers: { Accept: "application/json" }, redirect: "manual" });
  }

  // Send the oldest note; say what stops the others, if anything does.
  async function envoyer(note) {
    let reponse = await poster(note);
    if (reponse.status === 403) {
      if (!(await nouveauJeton())) return "session";
      reponse = await poster(note);
    }
    if (reponse.type === "opaqueredirect") return "session";
    if (reponse.status === 422) {
      const refus = (await reponse.json()).refus.join(" ");
      ecrire(lire().map((autre) => (autre.cle === note.cle ? { ...autre, refus } : autre)));
      return "";
    }
    if (!reponse.ok) return "reseau";
    montrer(await reponse.json());
    ecrire(lire().filter((autre) => autre.cle !== note.cle));
    return "";
  }

  let occupe = false;
  async function partir() {
    if (occupe) return;
    occupe = true;
    let probleme = "";
    try {
      let note;
      while (!probleme && (note = lire().find((une) => !une.refus))) probleme = await envoyer(note);
      if (!probleme) {
        const reponse = await fetch(location.pathname, { headers: { Accept: "application/json" }, redirect: "manual" });
        if (reponse.type === "opaqueredirect") probleme = "session";
        else if (reponse.ok) montrer(await reponse.json());
        else probleme = "reseau";
      }
    } catch {
      probleme = "reseau"; // it stays in the box
    } finally {
      occupe = false;
      dire(probleme);
    }
    // A note taken while the list was being read again: it leaves now, not at the next reading.
    if (!probleme && lire().some((une) => !une.refus)) partir();
  }

  formulaire.addEventListener("submit", (evenement) => {
    evenement.preventDefault();
    const dit = texte.value.trim();
    if (!dit) { texte.focus(); return; }
    try {
      ecrire([...lire(), { texte: dit, cle: nouvelleCle(), qui: qui ? qui.value : "" }]);
    } catch {
      etat.textContent = "Ce téléphone ne peut plus rien garder : écrivez cette note sur papier.";
      return;
    }
    localStorage.removeItem(brouillon);
    texte.value = "";
    texte.focus();
    dire();
    partir();
  });
  texte.addEventListener("input", () => localStorage.setItem(brouillon, texte.value));
  if (!texte.value) texte.value = localStorage.getItem(brouillon) || "";

  async function garderLaPage() {
    if (!("serviceWorker" in navigator) || !("caches" in window)) return;
    await navigator.serviceWorker.register("/equipe/ateliers/hors-ligne.js");
    if (!navigator.onLine) return;
    const decor = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src^='/']")].map((e) => e.href || e.src);
    await (await caches.open("notes-hors-ligne")).addAll([...new Set([location.href, ...decor])]);
    formulaire.dataset.horsLigne = "pret";
  }
  garderLaPage().catch(() => {}); // an old browser, or no network: notes typed on this page are kept all the same

  window.addEventListener("online", partir);
  window.addEventListener("offline", () => dire("reseau"));
  setInterval(partir, RELIRE_MS);
  dessiner();
  partir();
})();
