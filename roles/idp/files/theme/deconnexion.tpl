<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<p>Voulez-vous fermer votre session ? Les sites de la ville vous demanderont de nouveau votre mot de passe.</p>
<form id="deconnexion" action="<TMPL_VAR NAME="PORTAL_URL">" method="post">
  <input type="hidden" name="logout" value="1">
  <p class="actions">
    <button class="bouton" type="submit">Se déconnecter</button>
    <a href="<TMPL_VAR NAME="PORTAL_URL">">Rester connecté</a>
  </p>
</form>
<TMPL_INCLUDE NAME="footer.tpl">
