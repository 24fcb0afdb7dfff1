/** One report of a kind for every client: who has none yet, and how far they all are. */
import { allow } from '../access.ts';
import { invalid } from '../errors.ts';
import type { Work } from '../work.ts';
import { LOCALES, type Locale, type SnapshotHead } from './head.ts';
import { requestReport } from './requests.ts';
import type { ClientKind } from './snapshot.ts';
import { hasSubject } from './subjects.ts';

/** Which reports belong together: those of a kind that were asked for since a moment. */
export interface Batch {
  kind: ClientKind;
  since: Date;
}

/** What somebody waits for comes first. */
const BEHIND_OTHERS = -1;

const PAGE = 100;

/** Clients that have none that was made or is under way, in the order of their ids, a hundred at a time. */
export async function listUnreported(
  work: Work,
  batch: Batch,
  after: string | null,
): Promise<{ id: string; locale: Locale }[]> {
  allow(work, 'report.request');
  refuseSubjects(batch);
  const rows = await work.db
    .selectFrom('clients')
    .select(['client_id as id', 'locale'])
    .where('closed_at', 'is', null)
    .$if(after !== null, (query) => query.where('client_id', '>', after))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reports')
            .select('id')
            .whereRef('reports.client_id', '=', 'clients.client_id')
            .where('kind', '=', batch.kind)
            .where('asked_at', '>=', batch.since)
            .where('state', '!=', 'failed'),
        ),
      ),
    )
    .orderBy('client_id')
    .limit(PAGE)
    .execute();
  return rows.map(({ id, locale }) => ({ id, locale: LOCALES.find((one) => one === locale) ?? 'en' }));
}

/** The same as a person asks for, and behind what people ask for. */
export const requestInBatch = (
  work: Work,
  client: { id: string; locale: Locale },
  { kind }: Batch,
  versions: Pick<SnapshotHead['versions'], 'product' | 'engine'>,
) => requestReport(work, client.id, { kind, subject: null, locale: client.locale }, versions, BEHIND_OTHERS);

export interface BatchState {
  waiting: number;
  done: number;
  failed: { client: string; reference: string; message: string | null }[];
}

/** Of each client the latest counts. */
export async function stateOfBatch(work: Work, { kind, since }: Batch): Promise<BatchState> {
  allow(work, 'client.read');
  const latest = work.db
    .selectFrom('reports')
    .innerJoin('clients', 'clients.client_id', 'reports.client_id')
    .distinctOn('reports.client_id')
    .select(['name', 'reference', 'state', 'finding'])
    .where('kind', '=', kind)
    .where('asked_at', '>=', since)
    .orderBy('reports.client_id')
    .orderBy('asked_at', 'desc');
  const counts = await work.db
    .selectFrom(latest.as('latest'))
    .select(({ fn }) => ['state', fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  const failed = await work.db
    .selectFrom(latest.as('latest'))
    .select(['name as client', 'reference', 'finding as message'])
    .where('state', '=', 'failed')
    .orderBy('name')
    .limit(PAGE)
    .execute();
  const of = (...states: string[]) =>
    counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + Number(count), 0);
  return { waiting: of('queued', 'running'), done: of('done'), failed };
}

function refuseSubjects({ kind }: Batch): void {
  if (hasSubject(kind)) throw invalid('kind', 'report.no-subject');
}
