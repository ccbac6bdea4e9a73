// Comfort only: every page works without this file.
(() => {
  // The error summary takes focus, so that a screen reader starts there.
  const resume = document.getElementById("resume-erreurs");
  if (resume) resume.focus();

  // A form is sent once: a second press within ten seconds does nothing. The server does not need it.
  document.addEventListener("submit", (envoi) => {
    const formulaire = envoi.target;
    if (formulaire.method !== "post") return;
    if (formulaire.dataset.envoye) { envoi.preventDefault(); return; }
    formulaire.dataset.envoye = "1";
    setTimeout(() => { delete formulaire.dataset.envoye; }, 10000);
  });
  window.addEventListener("pageshow", () => {
    for (const formulaire of document.forms) delete formulaire.dataset.envoye;
  });

  // The end of the session is announced ten minutes before, and can be put off. Answers are kept at each page anyway.
  const duree = Number(document.currentScript.dataset.session || 0);
  const AVANT = 600;
  if (duree > AVANT) {
    const avis = document.createElement("div");
    avis.className = "fin-session alerte";
    avis.setAttribute("role", "alert");
    let minuteurs = [];
    const adresseCode = document.currentScript.dataset.code;
    let fin = false;
    const dire = (phrase, ...actions) => {
      avis.textContent = "";
      const p = document.createElement("p");
      p.textContent = phrase;
      const boutons = document.createElement("div");
      boutons.className = "actions";
      for (const [action, faire] of actions) {
        const bouton = document.createElement("button");
        bouton.type = "button";
        bouton.className = boutons.childElementCount ? "bouton bouton--secondaire" : "bouton";
        bouton.textContent = action;
        bouton.addEventListener("click", faire);
        boutons.append(bouton);
      }
      avis.append(p, boutons);
      document.querySelector("main").prepend(avis);
    };
    // Without account, a code opens the answers again. Shown to who asks for it, and to nobody once the session is over.
    const demanderCode = async () => {
      const jeton = document.querySelector("input[name=csrfmiddlewaretoken]");
      let phrase = "Le code n'a pas pu vous être donné. Réessayez.";
      try {
        const reponse = await fetch(adresseCode, {
          method: "POST", cache: "no-store", headers: { "X-CSRFToken": jeton.value },
        });
        if (reponse.ok) {
          const recu = await reponse.json();
          phrase = `Votre code de reprise : ${recu.code}. Notez-le : il ouvre vos réponses jusqu'au ${recu.jusqu_au}.`;
        }
      } catch { /* No network: the button can be pressed again. */ }
      if (fin || !avis.isConnected) return;
      bientot(`Votre session se termine bientôt. ${phrase}`);
      avis.querySelector("button").focus();
    };
    const bientot = (phrase = "Votre session se termine dans 10 minutes. Les pages déjà validées sont gardées.") => {
      const code = ["Avoir un code pour reprendre plus tard", demanderCode];
      const avecCode = adresseCode && document.querySelector("input[name=csrfmiddlewaretoken]");
      dire(phrase, ["Rester connecté", rester], ...(avecCode ? [code] : []));
    };
    // Only a form whose text the server keeps (data-garde), and that holds some: no other is ever sent from here.
    const ecrit = (champ) => champ.matches("textarea, input:not([type=hidden], [type=file])") && champ.value !== champ.defaultValue;
    const aEnvoyer = () => [...document.querySelectorAll("main form[data-garde]")].find((f) => [...f.elements].some(ecrit));
    const finie = () => {
      fin = true;
      const formulaire = aEnvoyer();
      if (!formulaire) {
        dire("Votre session est terminée.", ["Recharger la page", () => { if (aEnvoyer()) finie(); else location.reload(); }]);
        return;
      }
      dire(
        "Votre session est terminée. Envoyez cette page : ce que vous y avez écrit sera gardé, et nous vous dirons comment continuer.",
        ["Envoyer cette page", () => prolonger(() => formulaire.requestSubmit())]);
    };
    const armer = () => {
      fin = false;
      minuteurs.forEach(clearTimeout);
      minuteurs = [
        setTimeout(bientot, (duree - AVANT) * 1000),
        setTimeout(finie, duree * 1000),
      ];
    };
    // Another tab may have put the end off: then nothing is sent, the person goes on.
    const prolonger = async (sinon) => {
      try {
        const reponse = await fetch("/session/prolonger/", { cache: "no-store" });
        if (!reponse.ok) { sinon(); return; }
        const etaitFinie = fin;
        armer();
        if (etaitFinie) dire("Votre session continue. Rien n'a été envoyé.", ["Continuer", () => avis.remove()]);
        else avis.remove();
      } catch { /* No network: the notice stays, the button can be pressed again. */ }
    };
    const rester = () => prolonger(finie);
    armer();
  }

  // « Imprimer » is only offered where it can work.
  for (const bouton of document.querySelectorAll("[data-imprimer]")) {
    bouton.hidden = false;
    bouton.closest("li[hidden]")?.removeAttribute("hidden");
    bouton.addEventListener("click", () => window.print());
  }

  // What is folded away on screen is on paper.
  window.addEventListener("beforeprint", () => {
    for (const repli of document.querySelectorAll("details.droit")) repli.open = true;
  });
})();
