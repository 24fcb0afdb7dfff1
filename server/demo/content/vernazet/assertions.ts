/**
 * What the restored ERP database must answer. Each query answers one value, and names its schemas, so that it reads
 * the same in any database it was restored into.
 */
import type { Expectation } from '#/plans/assertions.ts';

interface Question {
  asset: string;
  name: string;
  query: string;
  expectation: Expectation;
}

export const ASSERTIONS: Question[] = [
  {
    asset: 'erp-data',
    name: 'Chaque écriture comptable est équilibrée',
    query: `select count(*)::int
from (
  select ecriture_id
  from compta.lignes_ecriture
  group by ecriture_id
  having sum(debit) <> sum(credit)
) as desequilibrees`,
    expectation: { op: '=', value: 0 },
  },
  {
    asset: 'erp-data',
    name: 'Aucune commande n’est sans ligne',
    query: `select count(*)::int
from commerce.commandes as commande
where not exists (
  select from commerce.lignes_commande as ligne where ligne.commande_id = commande.id
)`,
    expectation: { op: '=', value: 0 },
  },
  {
    asset: 'erp-data',
    name: 'Chaque facture est au montant de sa commande',
    query: `select count(*)::int
from commerce.factures as facture
where total_ht is distinct from (
  select sum(montant_ht) from commerce.lignes_commande as ligne where ligne.commande_id = facture.commande_id
)`,
    expectation: { op: '=', value: 0 },
  },
  {
    asset: 'erp-data',
    name: 'Chaque facture est passée en comptabilité',
    query: `select count(*)::int
from commerce.factures as facture
where not exists (
  select from compta.ecritures_comptables as ecriture
  where ecriture.facture_id = facture.id and ecriture.journal = 'VE'
)`,
    expectation: { op: '=', value: 0 },
  },
  {
    asset: 'erp-data',
    name: 'La date de la dernière facture est connue',
    query: 'select max(emise_le)::text from commerce.factures',
    expectation: { op: 'not-empty' },
  },
  {
    asset: 'erp-data',
    name: 'Le fichier compte au moins 350 clients',
    query: 'select count(*)::int from commerce.clients',
    expectation: { op: '>=', value: 350 },
  },
  {
    asset: 'erp-data',
    name: 'Le nombre de commandes est plausible',
    query: 'select count(*)::int from commerce.commandes',
    expectation: { op: 'between', low: 2000, high: 100_000 },
  },
  {
    asset: 'erp-data',
    name: 'Aucun article n’est en stock négatif',
    query: `select count(*)::int
from (
  select article_id
  from stock.mouvements_stock
  group by article_id
  having sum(quantite) < 0
) as manquants`,
    expectation: { op: '=', value: 0 },
  },
];
