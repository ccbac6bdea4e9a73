/* Choosing among what the form holds: statuses, actions, templates of answers, questions.
   The field that is sent stays a text, one name a line; this draws a list over it. Names change as one types them. */
(() => {
  "use strict";
  const NOMS = {
    statuts: /^statuts-\d+-value-libelle$/,
    transitions: /^transitions-\d+-value-libelle$/,
    modeles: /^modeles-\d+-value-titre$/,
    questions: /^etapes-\d+-value-champs-(\d+-value-champs-)?\d+-value-libelle$/,
  };
  const TOUS = "Tous les statuts qui ne sont pas terminés";
  const champs = (liste) =>
    [...document.querySelectorAll("[name$='-libelle'],[name$='-titre']")].filter(
      (champ) => NOMS[liste].test(champ.name) && !champ.closest("[data-deleted], .w-hidden") && !efface(champ)
    );
  // Wagtail keeps what is removed in the form, with a mark.
  const efface = (champ) => {
    const marque = document.getElementsByName(champ.name.replace(/-value-[a-z]+$/, "-deleted"))[0];
    return marque && marque.value;
  };
  const code = (champ) => {
    const nomme = champ.name.replace(/-(libelle|titre)$/, champ.name.startsWith("etapes") ? "-nom" : "-code");
    const cache = document.getElementsByName(nomme)[0];
    return cache ? cache.value : "";
  };
  const ailleurs = (liste) => {
    const donnees = document.getElementById("cc-choix-ailleurs");
    return (donnees && JSON.parse(donnees.textContent)[liste]) || [];
  };
  const noms = (liste) => {
    const siens = champs(liste).map((champ) => [champ.value.trim(), code(champ)]).filter(([mots]) => mots);
    const nombre = {};
    siens.forEach(([mots]) => { nombre[mots] = (nombre[mots] || 0) + 1; });
    const dits = siens.map(([mots, sien]) => (nombre[mots] > 1 && sien ? `${mots} (${sien})` : mots));
    return [...new Set([...dits, ...ailleurs(liste)])];
  };
  const lignes = (texte) => texte.split("\n").map((ligne) => ligne.trim()).filter(Boolean);
  const dessines = new Set();

  class Choix extends window.StimulusModule.Controller {
    static values = { liste: String, plusieurs: Boolean };

    connect() {
      this.cadre = document.createElement("div");
      this.cadre.className = "cc-choix";
      this.element.hidden = true;
      this.element.after(this.cadre);
      dessines.add(this);
      this.dessiner();
    }

    disconnect() {
      dessines.delete(this);
      this.cadre.remove();
      this.element.hidden = false;
    }

    get nom() {
      const etiquette = this.element.labels && this.element.labels[0];
      return etiquette ? etiquette.textContent.trim() : "";
    }

    ecrire(valeur) {
      this.element.value = valeur;
      this.element.dispatchEvent(new Event("input", { bubbles: true }));
      this.element.dispatchEvent(new Event("change", { bubbles: true }));
    }

    remplacer(avant, apres) {
      const siennes = lignes(this.element.value);
      if (siennes.includes(avant)) this.ecrire(siennes.map((l) => (l === avant ? apres : l)).join("\n"));
    }

    dessiner() {
      const possibles = noms(this.listeValue);
      const choisis = lignes(this.element.value);
      const suite = this.plusieursValue && this.listeValue === "transitions";
      const tous = this.listeValue === "statuts" && this.plusieursValue ? [TOUS] : [];
      const connus = [...tous, ...possibles, ...choisis.filter((c) => !possibles.includes(c) && !tous.includes(c))];
      const etat = JSON.stringify([connus, choisis]);
      if (etat === this.etat) return;
      this.etat = etat;
      this.cadre.replaceChildren(
        ...(suite ? this.enSuite(connus, choisis) : this.plusieursValue ? this.enCases(connus, choisis) : [this.enListe(connus, choisis[0] || "")])
      );
    }

    enListe(connus, choisi) {
      const liste = document.createElement("select");
      liste.setAttribute("aria-label", this.nom);
      liste.append(new Option("Choisissez", ""), ...connus.map((mots) => new Option(mots, mots, false, mots === choisi)));
      liste.addEventListener("change", () => this.ecrire(liste.value));
      return liste;
    }

    enCases(connus, choisis) {
      if (!connus.length) return [this.phrase("Rien à choisir pour l'instant.")];
      const groupe = document.createElement("div");
      groupe.setAttribute("role", "group");
      groupe.setAttribute("aria-label", this.nom);
      connus.forEach((mots) => {
        const etiquette = document.createElement("label");
        const boite = document.createElement("input");
        boite.type = "checkbox";
        boite.checked = choisis.includes(mots);
        boite.addEventListener("change", () => {
          const cochees = [...groupe.querySelectorAll("input")].filter((b) => b.checked).map((b) => b.value);
          this.ecrire((cochees.includes(TOUS) && mots === TOUS ? [TOUS] : cochees.filter((c) => c !== TOUS)).join("\n"));
          this.etat = "";
          this.dessiner();
          this.cadre.querySelector(`input[value="${CSS.escape(mots)}"]`)?.focus();
        });
        boite.value = mots;
        etiquette.append(boite, ` ${mots}`);
        groupe.append(etiquette);
      });
      return [groupe];
    }

    enSuite(connus, choisis) {
      const suite = document.createElement("ol");
      choisis.forEach((mots, rang) => {
        const pas = document.createElement("li");
        const retirer = document.createElement("button");
        retirer.type = "button";
        retirer.className = "button button-small button-secondary";
        retirer.textContent = "Retirer";
        retirer.setAttribute("aria-label", `Retirer ${mots}, étape ${rang + 1}`);
        retirer.addEventListener("click", () => {
          this.ecrire(choisis.filter((_, r) => r !== rang).join("\n"));
          this.dessiner();
        });
        pas.append(`${mots} `, retirer);
        suite.append(pas);
      });
      const liste = this.enListe(connus, "");
      liste.setAttribute("aria-label", `${this.nom} : ajouter une action`);
      liste.options[0].textContent = "Ajouter une action";
      liste.addEventListener("change", () => {
        if (liste.value) this.ecrire([...choisis, liste.value].join("\n"));
        this.dessiner();
      });
      return choisis.length ? [suite, liste] : [liste];
    }

    phrase(texte) {
      const dite = document.createElement("p");
      dite.className = "help";
      dite.textContent = texte;
      return dite;
    }
  }

  window.wagtail.app.register("cc-choix", Choix);

  const liste = (champ) => champ.name && Object.keys(NOMS).find((nom) => NOMS[nom].test(champ.name));
  const avant = new WeakMap();
  document.addEventListener("focusin", ({ target }) => {
    if (liste(target)) avant.set(target, target.value.trim());
    // What is about to be opened shows what the form holds now.
    dessines.forEach((choix) => { if (!choix.cadre.contains(target)) choix.dessiner(); });
  });
  document.addEventListener("change", ({ target }) => {
    const nom = liste(target);
    if (!nom) return;
    const [ancien, nouveau] = [avant.get(target), target.value.trim()];
    avant.set(target, nouveau);
    if (ancien && nouveau && ancien !== nouveau) {
      dessines.forEach((choix) => { if (choix.listeValue === nom) choix.remplacer(ancien, nouveau); });
    }
    dessines.forEach((choix) => choix.dessiner());
  });
  document.addEventListener("click", () => window.setTimeout(() => dessines.forEach((choix) => choix.dessiner())));
})();
