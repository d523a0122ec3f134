-- By how much an object of the ossature may be narrower than 5 m: its borders are drawn closer than others. Null: widths were not
-- applied.
alter table production.revision add column tolerance_ossature_m double precision;
