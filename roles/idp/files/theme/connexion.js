// Second factors: the only sign-in pages that need a script. Plain functions over the provider's own JSON interface.
"use strict";

const ENREGISTREMENT = "/2fregisters/";

async function demander(chemin, champs) {
  const reponse = await fetch(ENREGISTREMENT + chemin, {
    method: "POST",
    headers: { "X-CSRF-Check": "1", Accept: "application/json" },
    body: new URLSearchParams(champs || {}),
  });
  const resultat = await reponse.json();
  if (!reponse.ok || resultat.error) throw new Error(resultat.error || String(reponse.status));
  return resultat;
}

function montrer(element, texte) {
  element.textContent = texte;
  element.hidden = !texte;
}

const versOctets = (texte) =>
  Uint8Array.from(atob(texte.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const versTexte = (octets) =>
  btoa(String.fromCharCode(...new Uint8Array(octets))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function lireOptions(options) {
  const lues = { ...options, challenge: versOctets(options.challenge) };
  if (lues.user) lues.user = { ...lues.user, id: versOctets(lues.user.id) };
  for (const liste of ["excludeCredentials", "allowCredentials"]) {
    if (lues[liste]) lues[liste] = lues[liste].map((cle) => ({ ...cle, id: versOctets(cle.id) }));
  }
  return lues;
}

function ecrireReponse(cle) {
  const reponse = {};
  for (const champ of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (cle.response[champ]) reponse[champ] = versTexte(cle.response[champ]);
  }
  return JSON.stringify({
    id: cle.id,
    rawId: versTexte(cle.rawId),
    type: cle.type,
    response: reponse,
    clientExtensionResults: cle.getClientExtensionResults(),
  });
}

async function preparerTotp(formulaire) {
  const erreur = document.getElementById("code-erreur");
  const champ = document.getElementById("code");
  let jeton = "";
  try {
    const cle = await demander("totp/getkey");
    jeton = cle.token;
    const nom = encodeURIComponent(cle.portal);
    const adresse = `otpauth://totp/${nom}:${encodeURIComponent(cle.user)}?secret=${cle.secret}&issuer=${nom}`;
    new QRious({ element: document.getElementById("qr"), value: adresse, size: 400 });
    document.getElementById("secret").textContent = cle.secret.toUpperCase().replace(/(.{4})/g, "$1 ").trim();
    const lien = document.getElementById("otpauth");
    lien.href = adresse;
    lien.hidden = false;
  } catch {
    montrer(erreur, "La clé n'a pas pu être préparée. Rechargez la page ; si cela continue, prévenez le service informatique.");
  }
  formulaire.addEventListener("submit", async (evenement) => {
    evenement.preventDefault();
    const code = champ.value.replace(/\s/g, "");
    try {
      if (!/^\d{6}$/.test(code)) throw new Error("badCode");
      await demander("totp/verify", { token: jeton, code, TOTPName: "Application" });
      location.assign(ENREGISTREMENT.slice(0, -1) + "?continue=1");
    } catch (cause) {
      const attendu = ["badCode", "missingCode"].includes(cause.message);
      montrer(erreur, attendu
        ? "Ce code n'est pas celui du moment. Tapez les six chiffres que l'application affiche maintenant."
        : "La page est restée ouverte trop longtemps. Rechargez-la et recommencez.");
      document.getElementById("champ-code").classList.add("champ--erreur");
      champ.setAttribute("aria-invalid", "true");
      champ.setAttribute("aria-describedby", "code-erreur");
      champ.focus();
    }
  });
}

async function ajouterCle() {
  const erreur = document.getElementById("message-erreur");
  try {
    const defi = await demander("webauthn/registrationchallenge");
    const cle = await navigator.credentials.create({ publicKey: lireOptions(defi.request) });
    await demander("webauthn/registration", { state_id: defi.state_id, credential: ecrireReponse(cle), keyName: "Cle" });
    location.assign(ENREGISTREMENT.slice(0, -1) + "?continue=1");
  } catch {
    montrer(erreur, "La clé n'a pas été ajoutée. Vérifiez qu'elle est branchée, puis recommencez.");
  }
}

async function presenterCle(formulaire) {
  const erreur = document.getElementById("message-erreur");
  try {
    const donnees = JSON.parse(document.getElementById("webauthn-donnees").textContent);
    const cle = await navigator.credentials.get({ publicKey: lireOptions(donnees.request) });
    document.getElementById("credential").value = ecrireReponse(cle);
    formulaire.submit();
  } catch {
    montrer(erreur, "La clé n'a pas répondu. Vérifiez qu'elle est branchée, puis recommencez.");
  }
}

const totp = document.getElementById("totp-ajout");
if (totp) preparerTotp(totp);
document.getElementById("webauthn-ajout")?.addEventListener("click", ajouterCle);
document.getElementById("webauthn")?.addEventListener("submit", (evenement) => {
  evenement.preventDefault();
  presenterCle(evenement.target);
});
document.querySelector("form[data-envoi]")?.submit();
