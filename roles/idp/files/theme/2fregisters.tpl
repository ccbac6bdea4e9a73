<TMPL_INCLUDE NAME="header.tpl">
<h1><TMPL_VAR NAME="TITRE"></h1>
<TMPL_IF NAME="REG_REQUIRED">
<p>Votre compte donne accès aux dossiers des habitants. En plus du mot de passe, une deuxième vérification est demandée à chaque connexion. Vous la préparez maintenant, en deux minutes, une fois pour toutes.</p>
</TMPL_IF>
<TMPL_IF NAME="SFDEVICES">
<table class="table table--fiches">
  <caption>Vos moyens de vérification</caption>
  <thead><tr><th scope="col">Moyen</th><th scope="col">Ajouté le</th></tr></thead>
  <tbody>
  <TMPL_LOOP NAME="SFDEVICES">
    <tr>
      <th scope="row"><TMPL_VAR NAME="LIBELLE"></th>
      <td data-titre="Ajouté le"><TMPL_VAR NAME="DATE"></td>
    </tr>
  </TMPL_LOOP>
  </tbody>
</table>
<p>Un moyen est perdu, ou n'est pas à vous&nbsp;? Prévenez votre service informatique, qui le retire.</p>
</TMPL_IF>
<h2>Ajouter un moyen de vérification</h2>
<ul class="grille">
<TMPL_LOOP NAME="MODULES">
  <li class="carte carte--lien">
    <h3><a href="<TMPL_VAR NAME="URL">"><TMPL_VAR NAME="LIBELLE"></a></h3>
    <p><TMPL_VAR NAME="EXPLICATION"></p>
  </li>
</TMPL_LOOP>
</ul>
<p class="actions">
  <TMPL_IF NAME="DISPLAY_UPG"><a class="bouton" href="<TMPL_VAR NAME="PORTAL_URL">upgradesession?forceUpgrade=1&amp;url=<TMPL_VAR NAME="SFREGISTERS_URL" ESCAPE=URL>">Confirmer mon identité</a></TMPL_IF>
  <a href="<TMPL_VAR NAME="PORTAL_URL">?cancel=1">Quitter cette page</a>
</p>
<script src="/static/gru/connexion.js" defer></script>
<TMPL_INCLUDE NAME="footer.tpl">
