-- The one-row swap: the millésime takes revision $3 and its words (primary key of millesime).
update production.millesime m
   set revision_courante = r.id,
       origine = r.origine,
       srid = r.srid,
       etat = r.mention ->> 'etat',
       cycle = r.mention ->> 'cycle',
       image_debut = (r.mention ->> 'image_debut')::date,
       image_fin = (r.mention ->> 'image_fin')::date,
       attribution = r.mention ->> 'attribution',
       licence = r.mention ->> 'licence',
       licence_url = r.mention ->> 'licence_url'
  from production.revision r
 where r.id = $3 and m.departement = $1 and m.millesime = $2;
