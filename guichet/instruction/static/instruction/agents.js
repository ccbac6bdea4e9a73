// Comfort only: every page of the agents' site works without this file.
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

  // Several requests at once: how many are ticked, and one box for all those of the page.
  const lot = document.querySelector("[data-lot]");
  if (lot) {
    const cases = [...lot.querySelectorAll("input[name=reference]")];
    const tout = lot.querySelector("[data-tout]");
    const compte = lot.querySelector("[data-compte]");
    const dire = () => {
      const choisies = cases.filter((c) => c.checked).length;
      compte.textContent = choisies === 0 ? "" : choisies === 1 ? "1 demande choisie" : `${choisies} demandes choisies`;
      lot.classList.toggle("lot--choisi", choisies > 0);
      if (tout) {
        tout.checked = choisies > 0 && choisies === cases.length;
        tout.indeterminate = choisies > 0 && choisies < cases.length;
      }
    };
    if (tout) {
      tout.closest("[hidden]")?.removeAttribute("hidden");
      tout.addEventListener("change", () => { for (const c of cases) c.checked = tout.checked; dire(); });
    }
    lot.addEventListener("change", dire);
    window.addEventListener("pageshow", dire);
    dire();
  }
})();
