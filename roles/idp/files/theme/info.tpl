<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<form id="information" action="<TMPL_VAR NAME="URL" ESCAPE=HTML>" method="<TMPL_VAR NAME="FORM_METHOD">">
  <TMPL_VAR NAME="HIDDEN_INPUTS">
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <p class="actions">
    <button class="bouton" type="submit">Continuer</button>
    <a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a>
  </p>
</form>
<TMPL_INCLUDE NAME="footer.tpl">
