<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<noscript><p class="alerte alerte--erreur">Cette page a besoin de JavaScript pour montrer le code à lire. Activez-le le temps de cet ajout.</p></noscript>
<ol class="etapes-liste">
  <li>
    <h2>Installez une application de codes</h2>
    <p>Par exemple FreeOTP ou Aegis, sur votre téléphone. Si vous en avez déjà une, gardez-la.</p>
  </li>
  <li>
    <h2>Ajoutez le compte dans l'application</h2>
    <p>Lisez ce dessin avec l'application, ou recopiez la clé.</p>
    <p><canvas id="qr" class="code-qr" role="img" aria-label="Code QR qui contient la clé écrite ci-dessous"></canvas></p>
    <p>Clé&nbsp;: <code id="secret" class="cle"></code></p>
    <p><a id="otpauth" href="#" hidden>Ouvrir dans l'application de cet appareil</a></p>
  </li>
  <li>
    <h2>Tapez le code que l'application affiche</h2>
    <form id="totp-ajout" novalidate>
      <div class="champ champ--court" id="champ-code">
        <label for="code">Code à six chiffres</label>
        <p class="champ__erreur" id="code-erreur" role="alert" hidden></p>
        <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="7" required>
      </div>
      <p class="actions"><button class="bouton" type="submit">Vérifier et terminer</button></p>
    </form>
  </li>
</ol>
<p><a class="lien-retour" href="<TMPL_VAR NAME="PORTAL_URL">2fregisters">Choisir un autre moyen</a></p>
<script src="/static/bwr/qrious/dist/qrious.min.js" defer></script>
<script src="/static/gru/connexion.js" defer></script>
<TMPL_INCLUDE NAME="footer.tpl">
