-- Woods that references call forest, wide enough for a wood and not for one used as such (20 m): the use is given after the
-- geometry, so they stay and are listed. Objects $2 to $3 of revision $1 (primary keys of the partition, of revision and exception).
insert into production.exception (revision_id, id, regle, raison)
select distinct $1::bigint, o.id, 'largeur', 'bois de moins de 20 m de large, dont les références disent la sylviculture'
  from {{partition}} o
  join production.revision r on r.id = $1
 where o.revision_id = $1 and o.rang between $2 and $3
   and o.ossature = 0 and o.code_us = 'US1.2' and o.code_cs like 'CS2.1.1.%'
   and 2 * o.aire_m2 < (20 - r.tolerance_largeur_m) * ST_Perimeter(o.geom)
   and ST_IsEmpty(ST_Buffer(o.geom, -(20 - r.tolerance_largeur_m) / 2, 'quad_segs=4'))
   and not ST_IsEmpty(ST_Buffer(o.geom, -(10 - r.tolerance_largeur_m) / 2, 'quad_segs=4'))
    on conflict do nothing;
