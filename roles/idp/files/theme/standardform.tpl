<TMPL_IF NAME="TOKEN"><input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">"></TMPL_IF>
<div class="champ<TMPL_IF NAME="ERREUR_IDENTIFIANTS"> champ--erreur</TMPL_IF>">
  <label for="user">Adresse e-mail ou identifiant</label>
  <TMPL_IF NAME="ERREUR_IDENTIFIANTS"><p class="champ__erreur" id="user-erreur"><TMPL_VAR NAME="ERREUR"></p></TMPL_IF>
  <input id="user" name="user" type="text" value="<TMPL_VAR NAME="LOGIN" ESCAPE=HTML>" autocomplete="username" autocapitalize="none" spellcheck="false" required <TMPL_IF NAME="ERREUR_IDENTIFIANTS">aria-invalid="true" aria-describedby="user-erreur"</TMPL_IF>>
</div>
<div class="champ<TMPL_IF NAME="ERREUR_IDENTIFIANTS"> champ--erreur</TMPL_IF>">
  <label for="password">Mot de passe</label>
  <input id="password" name="password" type="password" autocomplete="current-password" required <TMPL_IF NAME="ERREUR_IDENTIFIANTS">aria-invalid="true" aria-describedby="user-erreur"</TMPL_IF>>
</div>
<p class="actions">
  <button class="bouton" type="submit">Se connecter</button>
  <TMPL_IF NAME="DISPLAY_RESETPASSWORD"><a href="<TMPL_VAR NAME="MAIL_URL">?skin=gru<TMPL_IF NAME="key">&amp;<TMPL_VAR NAME="CHOICE_PARAM">=<TMPL_VAR NAME="key"></TMPL_IF><TMPL_IF NAME="AUTH_URL">&amp;url=<TMPL_VAR NAME="AUTH_URL" ESCAPE=URL></TMPL_IF>">Mot de passe oublié&nbsp;?</a></TMPL_IF>
</p>
