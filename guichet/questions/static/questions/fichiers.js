// Comfort only: pictures are made smaller before they leave, and what is too heavy is said before it is sent.
// Without this file the server says the same, beside the same field.
(() => {
  const COTE_MAX = 2560; // pixels, as the server keeps them (guichet/demandes/fichiers.py)
  const LEGER = 1024 * 1024; // bytes below which nothing is gained
  const mo = (octets) => `${(octets / 1048576).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} Mo`;
  const enCours = new Map();

  // The picture as it is seen (its EXIF orientation is obeyed), as a JPEG; the file itself where that is not lighter.
  const reduire = async (fichier) => {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(fichier.type) || fichier.size <= LEGER) return fichier;
    let image;
    try {
      image = await createImageBitmap(fichier, { imageOrientation: "from-image" });
    } catch { return fichier; } // not a picture that this browser reads: the server will see
    try {
      const echelle = Math.min(1, COTE_MAX / Math.max(image.width, image.height));
      const toile = document.createElement("canvas");
      toile.width = Math.round(image.width * echelle);
      toile.height = Math.round(image.height * echelle);
      const trait = toile.getContext("2d");
      trait.fillStyle = "#fff";
      trait.fillRect(0, 0, toile.width, toile.height);
      trait.drawImage(image, 0, 0, toile.width, toile.height);
      const ecrit = await new Promise((fini) => { toile.toBlob(fini, "image/jpeg", 0.85); });
      if (!ecrit || ecrit.size >= fichier.size) return fichier;
      return new File([ecrit], fichier.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch { return fichier; } finally { image.close(); }
  };

  const ligneDe = (champ) => {
    const id = `${champ.id}_poids`;
    let ligne = document.getElementById(id);
    if (!ligne) {
      ligne = document.createElement("p");
      ligne.id = id;
      ligne.setAttribute("role", "status");
      champ.after(ligne);
    }
    return ligne;
  };
  const dire = (champ, phrase, faute) => {
    const ligne = ligneDe(champ);
    ligne.className = faute ? "champ__erreur" : "champ__aide";
    ligne.textContent = phrase;
    if (faute) champ.setAttribute("aria-invalid", "true");
    else champ.removeAttribute("aria-invalid");
  };

  const poids = (champ) => [...champ.files].reduce((somme, fichier) => somme + fichier.size, 0);
  // What would be refused, in words; empty where all of it passes.
  const faute = (champ) => {
    const lourd = [...champ.files].find((fichier) => fichier.size > Number(champ.dataset.tailleMax));
    if (lourd) return `« ${lourd.name} » pèse ${mo(lourd.size)}, ${mo(Number(champ.dataset.tailleMax))} au plus. Choisissez un fichier plus léger.`;
    const tous = [...champ.form.querySelectorAll("input[type=file][data-envoi-max]")].reduce((s, c) => s + poids(c), 0);
    if (champ.files.length && tous > Number(champ.dataset.envoiMax)) {
      return `Vos fichiers pèsent ${mo(tous)} ensemble, ${mo(Number(champ.dataset.envoiMax))} au plus. Choisissez-en moins : vous ajouterez les autres ensuite.`;
    }
    return "";
  };

  const preparer = async (champ) => {
    const choisis = [...champ.files];
    if (!choisis.length) { dire(champ, "", false); return; }
    dire(champ, choisis.length > 1 ? "Préparation des fichiers…" : "Préparation du fichier…", false);
    const prets = [];
    for (const fichier of choisis) prets.push(await reduire(fichier)); // one at a time: a telephone has little memory
    if (prets.some((fichier, rang) => fichier !== choisis[rang])) {
      try {
        const panier = new DataTransfer();
        for (const fichier of prets) panier.items.add(fichier);
        champ.files = panier.files;
      } catch { /* an old browser: the files go as they are */ }
    }
    const mal = faute(champ);
    const noms = [...champ.files].map((fichier) => `${fichier.name} (${mo(fichier.size)})`).join(", ");
    dire(champ, mal || `Prêt à envoyer : ${noms}.`, Boolean(mal));
  };

  for (const champ of document.querySelectorAll("input[type=file][data-envoi-max]")) {
    champ.addEventListener("change", () => {
      const travail = preparer(champ).finally(() => { if (enCours.get(champ) === travail) enCours.delete(champ); });
      enCours.set(champ, travail);
    });
    if (!champ.form || champ.form.dataset.fichiers) continue;
    champ.form.dataset.fichiers = "1";
    champ.form.addEventListener("submit", async (envoi) => {
      const champs = [...champ.form.querySelectorAll("input[type=file][data-envoi-max]")];
      const attendus = champs.filter((c) => enCours.has(c));
      const fautif = champs.find((c) => faute(c));
      if (!attendus.length && !fautif) {
        for (const c of champs) if (c.files.length) dire(c, "Envoi en cours…", false);
        return;
      }
      envoi.preventDefault();
      envoi.stopPropagation(); // this was no sending: it may be pressed again at once
      if (attendus.length) {
        await Promise.all(attendus.map((c) => enCours.get(c)));
        champ.form.requestSubmit(envoi.submitter);
        return;
      }
      dire(fautif, faute(fautif), true);
      fautif.focus();
    });
  }
})();
