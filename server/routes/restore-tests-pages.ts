import { may } from '#/plans/access.ts';
import { listAttempts } from '#/plans/attempts.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { type Client, findClient } from '#/plans/clients.ts';
import { contentOf } from '#/plans/content-looks.ts';
import { listEvidenceOf } from '#/plans/evidence.ts';
import { levelsIn, TEST_LEVELS } from '#/plans/facts.ts';
import { findPace } from '#/plans/paces.ts';
import { assetObjectives } from '#/plans/readiness/asset-objectives.ts';
import { findCaveats } from '#/plans/recovery-points.ts';
import { findRestoreTest, listRestoreTests, type RestoreTest } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { OfClient, One, Paged } from '../http/shapes.ts';
import { type Measure, measure, type RestoreTestListView, type RestoreTestView } from '../views.ts';

const PAGE = 100;

/** Restore tests: the list, and one with its progress or result. */
export const restoreTestsPages = [
  page({
    method: 'get',
    path: '/clients/:client/restore-tests',
    summary: 'Restore tests of a client',
    params: OfClient,
    query: Paged,
    run: async ({ work, params: { client }, query: { cursor } }) => ({
      show: 'restore-tests/list',
      data: await list(work, client, cursor ?? null),
    }),
  }),
  page({
    method: 'get',
    path: '/restore-tests/:id',
    summary: 'One restore test',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'restore-tests/show', data: await show(work, id) }),
  }),
  page({
    method: 'get',
    path: '/restore-tests/:id/progress',
    summary: 'One restore test, for a page that shows it live',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'partials/test-progress', data: await show(work, id) }),
  }),
];

async function list(work: Work, clientId: string, before: string | null): Promise<RestoreTestListView> {
  const client = await findClient(work, clientId);
  const tests = await listRestoreTests(work, clientId, { before });
  const last = tests.at(-1);
  const next =
    last && tests.length >= PAGE
      ? `/clients/${clientId}/restore-tests?${new URLSearchParams({ cursor: last.askedAt })}`
      : null;
  return { client, tests, next };
}

async function show(work: Work, id: string): Promise<RestoreTestView> {
  const test = await findRestoreTest(work, id);
  const client = await findClient(work, test.client);
  const { result } = test;
  const evidence = await listEvidenceOf(work, test.client, test.asset.id);
  return {
    client,
    test,
    isUnderWay: test.state === 'queued' || test.state === 'running',
    isOver: ['passed', 'failed', 'inconclusive'].includes(test.state) && may(work, 'report.request'),
    attempts: await listAttempts(work, id),
    pace: await findPace(work, id),
    mayCancel: ['queued', 'running'].includes(test.state) && may(work, 'restore-test.request'),
    levels: levelsOf(test),
    failedChecks: (result?.checks ?? []).filter(({ verdict }) => verdict !== 'passed'),
    plantedFaults: result?.plantedFaults ?? [],
    scope: result?.scope?.oldestProofAt ? result.scope : null,
    damage: result?.damage ?? null,
    independence: result?.independence ?? null,
    foreign: result?.foreign ?? null,
    tools: Object.entries(result?.tools ?? {}).map(([name, version]) => ({ name, version })),
    ...(await measures(work, client, test)),
    ...(await findCaveats(work, test.recoveryPoint.id)),
    dataFrom: result?.dataFrom ?? null,
    openings: result?.openings ?? null,
    brokenAtSource: (result?.openings?.failed ?? []).filter(({ isKnown }) => isKnown),
    content: await contentOf(work, { test: id }),
    evidence: evidence
      .filter(({ at }) => at === test.finishedAt)
      .map((one) => ({ id: one.id, code: one.code, sha256: one.sha256 })),
  };
}

function levelsOf({ result, requested, state }: RestoreTest): RestoreTestView['levels'] {
  const isOpen = state === 'queued' || state === 'running';
  const asked = levelsIn(requested);
  return TEST_LEVELS.map((level) => {
    const done = result?.levels.find((one) => one.level === level);
    if (done) return { level, state: done.verdict, seconds: done.seconds, bytes: done.bytes };
    const isAsked = asked.includes(level);
    // A level that was asked for, and that an ended test never came to, is not a pass: it stays open.
    return {
      level,
      state: !isAsked ? 'not-asked' : isOpen ? 'waiting' : 'inconclusive',
      seconds: null,
      bytes: null,
    };
  });
}

async function measures(
  work: Work,
  client: Client,
  test: RestoreTest,
): Promise<{ recovery: Measure; loss: Measure }> {
  const facts = (await loadFacts(work, [client])).get(client.id);
  const { rtoSeconds = null, rpoSeconds = null } = (facts && assetObjectives(facts).get(test.asset.id)) ?? {};
  const isProven = test.state === 'passed' && !test.isSuspect;
  return {
    recovery: against(isProven ? test.seconds : null, rtoSeconds),
    loss: against(isProven ? test.dataAgeSeconds : null, rpoSeconds),
  };
}

function against(seconds: number | null, objective: number | null): Measure {
  if (seconds === null) return measure('unmeasured', null, objective);
  if (objective === null) return measure('no-objective', seconds, null);
  return measure(seconds <= objective ? 'within' : 'late', seconds, objective);
}
