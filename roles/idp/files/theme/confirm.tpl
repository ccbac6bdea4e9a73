<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<form id="confirmation" action="<TMPL_VAR NAME="FORM_ACTION" DEFAULT="#">" method="<TMPL_VAR NAME="FORM_METHOD">">
  <TMPL_VAR NAME="HIDDEN_INPUTS">
  <TMPL_IF NAME="AUTH_URL"><input type="hidden" name="url" value="<TMPL_VAR NAME="AUTH_URL" ESCAPE=HTML>"></TMPL_IF>
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <TMPL_IF NAME="CONFIRMKEY"><input type="hidden" name="confirm" value="<TMPL_VAR NAME="CONFIRMKEY">"></TMPL_IF>
  <p class="actions">
    <button class="bouton" type="submit">Continuer</button>
    <a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a>
  </p>
</form>
<TMPL_INCLUDE NAME="footer.tpl">
