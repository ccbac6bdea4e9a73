<details>
  <summary>Téléphone perdu ou changé&nbsp;?</summary>
  <p>Demandez au service informatique de la mairie de retirer l'ancien moyen de vérification. Vous en ajouterez un nouveau à la connexion suivante.</p>
</details>
