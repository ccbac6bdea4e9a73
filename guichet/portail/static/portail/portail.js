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
    const dire = (phrase, action, faire) => {
      avis.textContent = "";
      const p = document.createElement("p");
      p.textContent = phrase;
      const bouton = document.createElement("button");
      bouton.type = "button";
      bouton.className = "bouton";
      bouton.textContent = action;
      bouton.addEventListener("click", faire);
      avis.append(p, bouton);
      document.querySelector("main").prepend(avis);
    };
    const finie = () => dire(
      "Votre session est terminée. Vos réponses enregistrées sont gardées.", "Recharger la page", () => location.reload());
    const armer = () => {
      minuteurs.forEach(clearTimeout);
      minuteurs = [
        setTimeout(() => dire(
          "Votre session se termine dans 10 minutes. Les pages déjà validées sont gardées.", "Rester connecté", rester),
        (duree - AVANT) * 1000),
        setTimeout(finie, duree * 1000),
      ];
    };
    const rester = async () => {
      try {
        const reponse = await fetch("/session/prolonger/", { cache: "no-store" });
        if (!reponse.ok) { finie(); return; }
        avis.remove();
        armer();
      } catch { /* No network: the notice stays, the button can be pressed again. */ }
    };
    armer();
  }

  // « Imprimer » is only offered where it can work.
  for (const bouton of document.querySelectorAll("[data-imprimer]")) {
    bouton.hidden = false;
    bouton.addEventListener("click", () => window.print());
  }
})();
