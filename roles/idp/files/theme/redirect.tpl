<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<form id="suite" data-envoi action="<TMPL_VAR NAME="URL" ESCAPE=HTML>" method="<TMPL_VAR NAME="FORM_METHOD">">
  <TMPL_VAR NAME="HIDDEN_INPUTS">
  <p class="actions"><button class="bouton" type="submit">Continuer</button></p>
</form>
<script src="/static/gru/connexion.js" defer></script>
<TMPL_INCLUDE NAME="footer.tpl">
