<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<form id="choix" class="carte" action="<TMPL_VAR NAME="TARGET">" method="post">
  <input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">">
  <p>Avec quoi voulez-vous confirmer que c'est bien vous&nbsp;?</p>
  <p class="actions"><TMPL_LOOP NAME="MODULES"><button class="bouton bouton--secondaire" type="submit" name="sf" value="<TMPL_VAR NAME="CODE">"><TMPL_VAR NAME="LIBELLE"></button></TMPL_LOOP></p>
</form>
<TMPL_INCLUDE NAME="secours.tpl">
<p><a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a></p>
<TMPL_INCLUDE NAME="footer.tpl">
