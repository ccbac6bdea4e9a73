-- What the server holds, in one line of JSON: owners of databases, roles that may enter them ('public' is everybody),
-- whether the exporter's role and the statement counters are there. Superusers and PostgreSQL's own roles are left out.
SELECT json_build_object(
  'owners', (SELECT json_object_agg(datname, pg_get_userbyid(datdba)) FROM pg_database WHERE NOT datistemplate),
  'entrants', (
    SELECT json_object_agg(datname, entrants) FROM (
      SELECT datname, (
        SELECT coalesce(json_agg(name ORDER BY name COLLATE "C"), '[]'::json) FROM (
          SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(acl.grantee) END AS name
          FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) AS acl
          WHERE acl.privilege_type = 'CONNECT'
        ) AS names
      ) AS entrants
      FROM pg_database WHERE NOT datistemplate
    ) AS databases
  ),
  'exporter', EXISTS (
    SELECT FROM pg_auth_members
    WHERE pg_get_userbyid(roleid) = 'pg_monitor' AND pg_get_userbyid(member) = 'prometheus'
  ),
  'statements', EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')
) AS observed
