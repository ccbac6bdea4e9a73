-- What the database holds: scripts still to run, number and mark of the configuration in force.
-- query_to_xml runs its text only where the table exists, so that one statement serves before and after.
select array_remove(array[
         case when to_regclass('public.lmconfig') is null then 'config.pg.sql' end,
         case when to_regclass('public.psessions') is null then 'sessions.pg.sql' end], null) as missing,
       to_regclass('public.gru_tries') is null as without_tries,
       coalesce((xpath('//number/text()', active.row))[1]::text, '0') as number,
       coalesce((xpath('//mark/text()', active.row))[1]::text, '') as mark
  from (select case when to_regclass('public.lmconfig') is not null then
          query_to_xml($$select cfgnum as number, data::jsonb ->> 'cfgLog' as mark
                           from lmconfig order by cfgnum desc limit 1$$, false, false, '') end as row) as active
