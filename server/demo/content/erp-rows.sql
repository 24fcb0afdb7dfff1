-- The same rows on every machine and in every year: no clock, no chance. Orders run from Monday 1 January 2024,
-- three on each working day, to Friday 20 November 2026.

insert into stock.depots (code, libelle)
values ('GEN', 'Genas, atelier'), ('SQF', 'Saint-Quentin-Fallavier, plateforme');

insert into compta.comptes (numero, libelle)
values ('411000', 'Clients'), ('445710', 'TVA collectée'), ('512000', 'Banque'),
  ('701000', 'Ventes de produits finis'), ('701900', 'Ventes de produits finis, hors de France');

with villes (rang, ville, code_postal, pays) as (
  values (0, 'Lyon', '69007', 'FR'), (1, 'Saint-Étienne', '42000', 'FR'), (2, 'Bourgoin-Jallieu', '38300', 'FR'),
    (3, 'Mâcon', '71000', 'FR'), (4, 'Villefranche-sur-Saône', '69400', 'FR'), (5, 'Oyonnax', '01100', 'FR'),
    (6, 'Genève', '1227', 'CH'), (7, 'Annecy', '74000', 'FR'), (8, 'Bourg-lès-Valence', '26500', 'FR'),
    (9, 'Le Creusot', '71200', 'FR'), (10, 'L’Isle-d’Abeau', '38080', 'FR'), (11, 'Nîmes', '30900', 'FR'),
    (12, 'Torino', '10135', 'IT')
)
insert into commerce.clients
  (id, code, raison_sociale, siret, adresse, code_postal, ville, pays, contact, courriel, plafond_encours,
   client_depuis, actif)
select n, 'C' || lpad(n::text, 5, '0'),
  (array['Hydraulique', 'Mécanique', 'Ateliers', 'Travaux publics', 'Fonderie', 'Scierie', 'Maintenance',
    'Chaudronnerie', 'Agroéquipement', 'Forges', 'Levage', 'Carrières'])[1 + n % 12]
    || ' ' || (array['de la Brévenne', 'du Beaujolais', 'des Dombes', 'du Pilat', 'd’Azergues', 'du Bugey',
    'des Écrins', 'de l’Ozon', 'du Val-d’Isère', 'Cœur de Rhône', 'des Monts d’Or', 'du Haut-Forez', 'Béal & fils',
    'Fayolle', 'Grandclément', 'Lœuillet', 'Muñoz', 'Peyrègne', 'Thévenet', 'Vérot', 'Brönnimann', 'Cuisset-Aÿ',
    'Dumoulin frères', 'Égly', 'Gonçalves', 'Hébrard', 'Jaÿ', 'Kœhler', 'Noël', 'Orgeret', 'Quérard',
    'Tête-d’Or'])[1 + n / 12 % 32],
  case when villes.pays = 'FR' then '000' || lpad((n * 7919::bigint % 1000000)::text, 6, '0') || '00014' end,
  case when n % 9 <> 0 then (1 + n % 180) || (array[' rue de l’Industrie', ' chemin du Moulin',
    ' bis, avenue de l’Europe', ' ZA des Platières'])[1 + n % 4] end,
  code_postal, ville, pays,
  case when n % 5 <> 0 then (array['Zoé', 'François', 'Anaïs', 'Jérôme', 'Hélène', 'Loïc', 'Maëlle'])[1 + n % 7]
    || ' ' || (array['Bérard', 'Chanal', 'Décombes', 'Ferrière', 'Guérin'])[1 + n / 7 % 5] end,
  case when n % 4 <> 0 then 'achats@client' || lpad(n::text, 4, '0') || '.example' end,
  case when n % 6 <> 0 then (5 + n % 20) * 2500 end,
  date '2009-01-05' + n * 13,
  n % 47 <> 0
from generate_series(1, 380) as n
join villes on villes.rang = n % 13
order by n;

insert into commerce.articles
  (id, reference, libelle, famille, unite, prix_unitaire, poids_kg, normes, caracteristiques, empreinte_plan)
select n, 'VZ-' || lpad((n * 11)::text, 5, '0'),
  (array['Raccord droit mâle', 'Raccord coudé 90°', 'Té égal', 'Flexible haute pression', 'Coupleur rapide',
    'Bague d’étanchéité', 'Collier à tourillon', 'Clapet anti-retour', 'Tuyau caoutchouc tressé'])[1 + n % 9]
    || ' DN' || (array[6, 8, 10, 12, 16, 20, 25, 32, 38, 50])[1 + n / 9 % 10]
    || (array[' acier zingué', ' inox 316L', ' laiton nickelé', ''])[1 + n / 90 % 4],
  (array['raccords', 'raccords', 'raccords', 'flexibles', 'coupleurs', 'étanchéité', 'fixation', 'clapets',
    'tuyaux'])[1 + n % 9],
  case n % 9 when 8 then 'mètre' when 5 then 'sachet' else 'pièce' end,
  round(1.35 + n * 37 % 1913 * 0.0625, 4),
  case when n % 7 <> 0 then round(0.04 + n * 13 % 400 * 0.011, 3) end,
  case n % 3 when 0 then '{}'::text[] when 1 then array['EN 853'] else array['ISO 8434-1', 'ISO 19879'] end,
  jsonb_build_object('pression_bar', 100 + n % 8 * 50, 'filetage', (array['BSPP', 'JIC', 'métrique'])[1 + n % 3],
    'température', jsonb_build_array(-40, 100 + n % 5 * 5)),
  case when n % 5 <> 0 then sha256(convert_to('VZ-' || n, 'UTF8')) end
from generate_series(1, 900) as n;

with jours as (
  select n, date '2024-01-01' + (n - 1) / 15 * 7 + (n - 1) / 3 % 5 as jour
  from generate_series(1, 2265) as n
)
insert into commerce.commandes
  (id, numero, client_id, passee_le, livraison_souhaitee, statut, reference_client, remarque)
select n, 'CMD-' || lpad(n::text, 6, '0'), 1 + n * 53 % 380,
  (jour + time '07:40' + n * 37 % 560 * interval '1 minute') at time zone 'Europe/Paris',
  case when n % 8 <> 0 then jour + 4 + n % 6 end,
  case
    when n % 97 = 0 then 'annulée'
    when jour > date '2026-11-18' then 'saisie'
    when jour > date '2026-11-16' then 'préparée'
    else 'expédiée'
  end::commerce.statut_commande,
  case when n % 3 <> 0 then 'BC ' || (2400 + n * 3) || '/' || chr(65 + n % 26) end,
  case n % 29
    when 4 then E'Livrer au quai n° 3, demander Mme Lœuillet.\nFermé le mercredi après-midi.'
    when 11 then 'Franco à partir de 350 €'
    when 17 then E'Certificat matière 3.1 à joindre\tURGENT'
    when 23 then 'Ne pas gerber ; l’emballage précédent était « abîmé »'
  end
from jours;

insert into commerce.lignes_commande (commande_id, rang, article_id, quantite, prix_unitaire, remise)
select commande.id, rang, article.id,
  1 + (commande.id * 7 + rang * 13) % 40 + case when article.unite = 'mètre' then 0.5 else 0 end,
  article.prix_unitaire, commande.id % 5 * 2.5
from commerce.commandes as commande
cross join generate_series(1, 1 + commande.id % 4) as rang
join commerce.articles as article on article.id = 1 + (commande.id * 17 + rang * 211) % 900;

with expediees as (
  select commande.id, client.pays, sum(ligne.montant_ht) as total_ht,
    (commande.passee_le at time zone 'Europe/Paris')::date
      + case extract(isodow from commande.passee_le at time zone 'Europe/Paris') when 5 then 3 else 1 end as emise_le,
    row_number() over (order by commande.id) as rang
  from commerce.commandes as commande
  join commerce.clients as client on client.id = commande.client_id
  join commerce.lignes_commande as ligne on ligne.commande_id = commande.id
  where commande.statut = 'expédiée'
  group by commande.id, client.pays
), echeances as (
  select *, emise_le + (array[30, 45, 60])[1 + id % 3] as echeance
  from expediees
)
insert into commerce.factures (id, numero, commande_id, emise_le, echeance, total_ht, total_tva, reglee_le)
select rang, 'FA' || to_char(emise_le, 'YY') || '-' || lpad(rang::text, 5, '0'), id, emise_le, echeance, total_ht,
  case when pays = 'FR' then round(total_ht * 0.20, 2) else 0 end,
  case when id % 41 <> 0 and echeance + id * 11 % 40 - 15 <= date '2026-11-20' then echeance + id * 11 % 40 - 15 end
from echeances;

insert into compta.ecritures_comptables (id, journal, piece, date_piece, facture_id, libelle)
select row_number() over (order by date_piece, journal, facture_id), journal, piece, date_piece, facture_id, libelle
from (
  select 'VE' as journal, numero as piece, emise_le as date_piece, id as facture_id, 'Facture ' || numero as libelle
  from commerce.factures
  union all
  select 'BQ', 'R-' || numero, reglee_le, id, 'Règlement ' || numero
  from commerce.factures
  where reglee_le is not null
) as pieces;

insert into compta.lignes_ecriture (ecriture_id, rang, compte, client_id, debit, credit)
select ecriture.id, ligne.rang, ligne.compte, ligne.client_id, ligne.debit, ligne.credit
from compta.ecritures_comptables as ecriture
join commerce.factures as facture on facture.id = ecriture.facture_id
join commerce.commandes as commande on commande.id = facture.commande_id
cross join lateral (
  values
    ('VE', 1, '411000', commande.client_id, facture.total_ttc, 0),
    ('VE', 2, case when facture.total_tva = 0 then '701900' else '701000' end, null, 0, facture.total_ht),
    ('VE', 3, '445710', null, 0, facture.total_tva),
    ('BQ', 1, '512000', null, facture.total_ttc, 0),
    ('BQ', 2, '411000', commande.client_id, 0, facture.total_ttc)
) as ligne (journal, rang, compte, client_id, debit, credit)
where ligne.journal = ecriture.journal
  and ligne.debit + ligne.credit > 0;

-- What leaves in a year came in at its beginning, so that no article is ever short.
with sorties as (
  select ligne.article_id, ligne.quantite, commande.id as commande_id,
    commande.passee_le + interval '2 hours' as fait_le,
    extract(year from commande.passee_le at time zone 'Europe/Paris')::int as annee
  from commerce.lignes_commande as ligne
  join commerce.commandes as commande on commande.id = ligne.commande_id
  where commande.statut = 'expédiée'
), entrees as (
  select article.id as article_id, annees.annee, coalesce(sum(sorties.quantite), 0) + article.id % 30 + 1 as quantite
  from commerce.articles as article
  cross join generate_series(2024, 2026) as annees (annee)
  left join sorties on sorties.article_id = article.id and sorties.annee = annees.annee
  group by article.id, annees.annee
)
insert into stock.mouvements_stock (article_id, depot, nature, quantite, fait_le, commande_id, lot)
select article_id, 'SQF', case annee when 2024 then 'inventaire' else 'réception' end, quantite,
  (make_date(annee, 1, 1) + time '00:30') at time zone 'Europe/Paris', null,
  case when article_id % 4 <> 0 then 'L' || annee || '-' || lpad(article_id::text, 4, '0') end
from entrees
union all
select article_id, case when article_id % 9 = 3 then 'GEN' else 'SQF' end, 'sortie', -quantite, fait_le,
  commande_id, null
from sorties
order by 5, 1, 6;

select setval('commerce.numero_de_commande', (select count(*) from commerce.commandes)),
  setval(pg_get_serial_sequence('commerce.clients', 'id'), (select max(id) from commerce.clients)),
  setval(pg_get_serial_sequence('commerce.articles', 'id'), (select max(id) from commerce.articles)),
  setval(pg_get_serial_sequence('commerce.commandes', 'id'), (select max(id) from commerce.commandes)),
  setval(pg_get_serial_sequence('commerce.factures', 'id'), (select max(id) from commerce.factures)),
  setval(pg_get_serial_sequence('compta.ecritures_comptables', 'id'),
    (select max(id) from compta.ecritures_comptables));
