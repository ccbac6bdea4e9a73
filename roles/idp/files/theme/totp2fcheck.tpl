<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<form id="totp" class="carte" action="<TMPL_VAR NAME="TARGET">" method="post" novalidate>
  <input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">">
  <div class="champ champ--court<TMPL_IF NAME="ERREUR_CODE"> champ--erreur</TMPL_IF>">
    <label for="code">Code à six chiffres</label>
    <p class="champ__aide" id="code-aide">Ouvrez l'application de codes de votre téléphone et recopiez le code du moment.</p>
    <TMPL_IF NAME="ERREUR_CODE"><p class="champ__erreur" id="code-erreur"><TMPL_VAR NAME="ERREUR"></p></TMPL_IF>
    <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="7" required aria-describedby="code-aide<TMPL_IF NAME="ERREUR_CODE"> code-erreur</TMPL_IF>"<TMPL_IF NAME="ERREUR_CODE"> aria-invalid="true"</TMPL_IF>>
  </div>
  <p class="actions">
    <button class="bouton" type="submit">Continuer</button>
    <a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Annuler</a>
  </p>
</form>
<TMPL_INCLUDE NAME="secours.tpl">
<TMPL_INCLUDE NAME="footer.tpl">
