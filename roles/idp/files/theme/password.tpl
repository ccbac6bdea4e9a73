<form id="changer-mot-de-passe" class="carte" action="#" method="post" novalidate>
  <TMPL_VAR NAME="HIDDEN_INPUTS">
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <TMPL_IF NAME="AUTH_URL"><input type="hidden" name="url" value="<TMPL_VAR NAME="AUTH_URL" ESCAPE=HTML>"></TMPL_IF>
  <TMPL_IF NAME="TOKEN"><input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">"></TMPL_IF>
  <TMPL_IF NAME="LOGIN"><input type="hidden" name="user" value="<TMPL_VAR NAME="LOGIN" ESCAPE=HTML>"></TMPL_IF>
  <TMPL_IF NAME="REQUIRE_OLDPASSWORD">
  <div class="champ">
    <label for="oldpassword">Mot de passe actuel</label>
    <input id="oldpassword" name="oldpassword" type="password" autocomplete="current-password" required>
  </div>
  </TMPL_IF>
  <TMPL_INCLUDE NAME="nouveau.tpl">
  <p class="actions"><button class="bouton" type="submit">Changer le mot de passe</button></p>
</form>
