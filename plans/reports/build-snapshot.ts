/** Takes the snapshot of a report: its head, and what the builder of its kind gathers. */
import { brandShown } from '../brands/brand.ts';
import { loadFacts } from '../client-facts.ts';
import { findClient } from '../clients.ts';
import { notFound } from '../errors.ts';
import type { Work } from '../work.ts';
import { buildCards } from './cards/build.ts';
import { buildCoverage } from './coverage/build.ts';
import { buildExercise } from './exercise/build.ts';
import type { Locale } from './head.ts';
import { buildIncident } from './incident/build.ts';
import type { Built, ClientOrder } from './order.ts';
import { buildPlan } from './plan/build.ts';
import { buildPortfolio } from './portfolio/build.ts';
import { buildReadiness } from './readiness/build.ts';
import { buildRestoreTest } from './restore-test/build.ts';
import type { ClientKind, ReportSnapshot } from './snapshot.ts';

/** Of the templates: whoever changes what a document shows counts it up. */
export const TEMPLATE_VERSION = '3';

type Builders = { [Kind in ClientKind]: (work: Work, order: ClientOrder) => Promise<Built<Kind>> };

const BUILDERS: Builders = {
  readiness: buildReadiness,
  plan: buildPlan,
  cards: buildCards,
  coverage: buildCoverage,
  'restore-test': buildRestoreTest,
  incident: buildIncident,
  exercise: buildExercise,
};

/** About all clients of the provider. */
export interface PortfolioOrder {
  kind: 'portfolio';
  locale: Locale;
  reference: string;
  /** Of the product, and of the engine that made the points. */
  versions: { product: string; engine: string };
}

/** About one client. */
export interface ClientReportOrder extends Omit<PortfolioOrder, 'kind'> {
  kind: ClientKind;
  client: string;
  subject: string;
}

export type SnapshotOrder = PortfolioOrder | ClientReportOrder;

export async function buildSnapshot(work: Work, order: SnapshotOrder): Promise<ReportSnapshot> {
  const { locale, reference, versions } = order;
  const built =
    order.kind === 'portfolio' ? await buildPortfolio(work, locale) : await buildForClient(work, order);
  const provider = await work.db
    .selectFrom('providers')
    .select(['id', 'name'])
    .where('id', '=', work.provider)
    .executeTakeFirstOrThrow();
  return {
    format: 'reprise-report/1',
    ...built,
    locale,
    reference,
    madeAt: work.now.toISOString(),
    provider,
    preparedBy: work.actor.name,
    verifyAt: work.address && new URL('/verify', work.address).href,
    brand: await brandShown(work),
    versions: { ...versions, template: TEMPLATE_VERSION, ...built.versions },
  };
}

async function buildForClient(work: Work, { kind, client, locale, subject }: ClientReportOrder) {
  const found = await findClient(work, client);
  const facts = (await loadFacts(work, [found])).get(client);
  if (!facts) throw notFound('client');
  return { ...(await BUILDERS[kind](work, { facts, locale, subject })), ownWords: found.labels };
}
