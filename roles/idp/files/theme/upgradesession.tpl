<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<p>Ce site demande une vérification de plus. Continuez pour confirmer que c'est bien vous.</p>
<form id="confirmation" action="<TMPL_VAR NAME="FORMACTION">" method="post">
  <input type="hidden" name="confirm" value="<TMPL_VAR NAME="CONFIRMKEY">">
  <input type="hidden" name="forceUpgrade" value="<TMPL_VAR NAME="FORCEUPGRADE">">
  <input type="hidden" name="url" value="<TMPL_VAR NAME="URL" ESCAPE=HTML>">
  <p class="actions">
    <button class="bouton" type="submit">Continuer</button>
    <TMPL_IF NAME="PORTALBUTTON"><a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a></TMPL_IF>
  </p>
</form>
<TMPL_INCLUDE NAME="footer.tpl">
