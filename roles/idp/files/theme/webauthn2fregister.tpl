<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<noscript><p class="alerte alerte--erreur">Cette page a besoin de JavaScript pour parler à votre clé. Activez-le le temps de cet ajout.</p></noscript>
<p>Branchez votre clé de sécurité, ou préparez votre empreinte, votre visage ou votre code d'appareil. Le navigateur vous guidera.</p>
<p class="alerte alerte--erreur" id="message-erreur" role="alert" hidden></p>
<p class="actions"><button id="webauthn-ajout" class="bouton" type="button">Ajouter cette clé</button></p>
<p><a class="lien-retour" href="<TMPL_VAR NAME="PORTAL_URL">2fregisters">Choisir un autre moyen</a></p>
<script src="/static/gru/connexion.js" defer></script>
<TMPL_INCLUDE NAME="footer.tpl">
