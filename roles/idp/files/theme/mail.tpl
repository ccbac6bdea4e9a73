<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>

<TMPL_IF NAME="DISPLAY_FORM">
<p>Indiquez l'adresse e-mail de votre compte. Nous vous enverrons un lien pour choisir un nouveau mot de passe.</p>
<form id="oubli" class="carte" action="#" method="post" novalidate>
  <input type="hidden" name="url" value="<TMPL_VAR NAME="AUTH_URL" ESCAPE=HTML>">
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <TMPL_IF NAME="TOKEN"><input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">"></TMPL_IF>
  <div class="champ<TMPL_IF NAME="ERREUR_COURRIEL"> champ--erreur</TMPL_IF>">
    <label for="mail">Adresse e-mail</label>
    <TMPL_IF NAME="ERREUR_COURRIEL"><p class="champ__erreur" id="mail-erreur"><TMPL_VAR NAME="ERREUR"></p></TMPL_IF>
    <input id="mail" name="mail" type="email" value="<TMPL_VAR NAME="MAIL" ESCAPE=HTML>" autocomplete="email" required<TMPL_IF NAME="ERREUR_COURRIEL"> aria-invalid="true" aria-describedby="mail-erreur"</TMPL_IF>>
  </div>
  <p class="actions"><button class="bouton" type="submit">Recevoir le lien</button></p>
</form>
</TMPL_IF>

<TMPL_IF NAME="DISPLAY_RESEND_FORM">
<p>Un lien a déjà été envoyé le <TMPL_VAR NAME="STARTMAILDATE"> à <TMPL_VAR NAME="STARTMAILTIME">.</p>
<form id="renvoi" class="carte" action="#" method="post">
  <input type="hidden" name="url" value="<TMPL_VAR NAME="AUTH_URL" ESCAPE=HTML>">
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <TMPL_IF NAME="MAIL"><input type="hidden" name="mail" value="<TMPL_VAR NAME="MAIL" ESCAPE=HTML>"></TMPL_IF>
  <TMPL_IF NAME="TOKEN"><input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">"></TMPL_IF>
  <input type="hidden" name="resendconfirmation" value="on">
  <p class="actions"><button class="bouton" type="submit">Recevoir le lien de nouveau</button></p>
</form>
</TMPL_IF>

<TMPL_IF NAME="DISPLAY_PASSWORD_FORM">
<form id="nouveau-mot-de-passe" class="carte" action="#" method="post" novalidate>
  <input type="hidden" name="mail_token" value="<TMPL_VAR NAME="MAIL_TOKEN" ESCAPE=HTML>">
  <input type="hidden" name="url" value="<TMPL_VAR NAME="AUTH_URL" ESCAPE=HTML>">
  <TMPL_IF NAME="CHOICE_VALUE"><input type="hidden" name="<TMPL_VAR NAME="CHOICE_PARAM">" value="<TMPL_VAR NAME="CHOICE_VALUE">"></TMPL_IF>
  <TMPL_IF NAME="TOKEN"><input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">"></TMPL_IF>
  <TMPL_INCLUDE NAME="nouveau.tpl">
  <p class="actions"><button class="bouton" type="submit">Enregistrer le mot de passe</button></p>
</form>
</TMPL_IF>

<TMPL_IF NAME="DISPLAY_CONFIRMMAILSENT">
<p>Si un compte existe pour cette adresse, un message vient d'y être envoyé. Le lien qu'il contient sert une fois, jusqu'au <TMPL_VAR NAME="EXPMAILDATE" DEFAULT="lendemain"><TMPL_IF NAME="EXPMAILTIME"> à <TMPL_VAR NAME="EXPMAILTIME"></TMPL_IF>.</p>
<p>Vous ne voyez rien ? Regardez aussi dans les courriers indésirables.</p>
</TMPL_IF>

<TMPL_IF NAME="DISPLAY_MAILSENT">
<p>Un message vous le confirme par e-mail.</p>
</TMPL_IF>

<p><a class="lien-retour" href="<TMPL_VAR NAME="PORTAL_URL"><TMPL_IF NAME="AUTH_URL">?url=<TMPL_VAR NAME="AUTH_URL" ESCAPE=URL></TMPL_IF>">Revenir à la connexion</a></p>
<TMPL_INCLUDE NAME="footer.tpl">
