<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<noscript><p class="alerte alerte--erreur">Cette page a besoin de JavaScript pour parler à votre clé.</p></noscript>
<p class="alerte alerte--erreur" id="message-erreur" role="alert" hidden></p>
<TMPL_IF NAME="DATA">
<p>Branchez votre clé de sécurité, ou préparez votre empreinte, votre visage ou votre code d'appareil.</p>
<form id="webauthn" action="<TMPL_VAR NAME="TARGET">" method="post">
  <input type="hidden" id="credential" name="credential" value="">
  <input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">">
  <p class="actions">
    <button class="bouton" type="submit">Vérifier avec ma clé</button>
    <a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a>
  </p>
</form>
<script type="application/json" id="webauthn-donnees"><TMPL_VAR NAME="DATA"></script>
</TMPL_IF>
<TMPL_INCLUDE NAME="secours.tpl">
<script src="/static/gru/connexion.js" defer></script>
<TMPL_INCLUDE NAME="footer.tpl">
