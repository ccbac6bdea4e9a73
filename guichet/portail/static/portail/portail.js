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

  // « Imprimer » is only offered where it can work.
  for (const bouton of document.querySelectorAll("[data-imprimer]")) {
    bouton.hidden = false;
    bouton.addEventListener("click", () => window.print());
  }
})();
