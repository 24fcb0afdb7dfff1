/** What the rules find about a client, since when, and what to fix first: one page, and its JSON interface. */
import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { notFound } from '#/plans/errors.ts';
import { listFindings, StandingFinding } from '#/plans/rule-findings.ts';
import { FIX_KINDS } from '#/plans/rules/fix.ts';
import { RULES, SEVERITIES } from '#/plans/rules/rule.ts';
import { whatToFix } from '#/plans/rules/what-to-fix.ts';
import { refreshStandingsOf } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, OfClient, paged, whole } from '../http/shapes.ts';
import type { FindingsView, FoundThing } from '../views/findings.ts';
import { fixHref, mendingHref, pageOf } from './mending.ts';

/** Fixes that a page says; the interface gives all. */
const FIRST = 10;
const ENDED = 50;

const Sentence = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
const FixOut = z
  .object({
    kind: z.enum(FIX_KINDS),
    name: z.string(),
    of: z
      .object({ kind: z.enum(['asset', 'strategy', 'role']), id: z.string() })
      .nullable()
      .describe('What it changes; null: the client itself'),
    change: Sentence,
    gains: z.array(
      z.object({
        activity: z.uuid(),
        name: z.string(),
        beforeSeconds: z.number().nullable().describe('Null: it never comes back as things are'),
        gainedSeconds: z
          .object({ least: z.number(), most: z.number() })
          .nullable()
          .describe('From what is sure to what is hoped for; null: it comes back at all'),
        isInTimeThen: z.boolean(),
      }),
    ),
    closes: z.array(Sentence).describe('What is found now and would be found no more'),
    cost: z.object({ once: z.number().nullable(), yearly: z.number().nullable() }).nullable(),
  })
  .meta({ id: 'Fix' });

const Asked = z.object({
  rule: z.enum(RULES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  ended: z.enum(['yes', 'no']).default('no').describe('Those too that are found no more'),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Only what changed after this moment: what is new, and what is found no more'),
  cursor: z.uuid().optional().describe('What the list before it said under `next`'),
});

const AT_ONCE = 200;

const Found = StandingFinding.extend({
  change: z
    .enum(['new', 'gone'])
    .nullable()
    .describe('Since the moment that was asked for; null when none was'),
}).meta({ id: 'FindingOfClient' });

const changeOf = ({ endedAt }: StandingFinding, since: string | undefined) =>
  since === undefined ? null : endedAt === null ? ('new' as const) : ('gone' as const);

export const findingsApi = [
  api({
    method: 'get',
    path: '/clients/:client/findings',
    summary: 'What the rules find about a client, contradictions first, with the day since when each stands',
    params: OfClient,
    query: Asked,
    output: listOf(Found),
    run: async ({ work, params: { client }, query: { rule, severity, ended, since, cursor } }) => {
      await refreshStandingsOf(work, [await findClient(work, client)]);
      const found = await listFindings(work, client, {
        withEnded: ended === 'yes' || since !== undefined,
        rule: rule ?? null,
        severity: severity ?? null,
        changedSince: since === undefined ? null : new Date(since),
        after: cursor ?? null,
        most: AT_ONCE,
      });
      const told = found.map((one) => ({ ...one, change: changeOf(one, since) }));
      return paged(told, AT_ONCE, ({ id }) => id);
    },
  }),
  api({
    method: 'get',
    path: '/clients/:client/what-to-fix',
    summary:
      'What to fix first: everything computed again with one change at a time, ranked by what it brings',
    params: OfClient,
    output: listOf(FixOut),
    run: async ({ work, params: { client } }) => whole(await fixesOf(work, client)),
  }),
];

export const findingsPages = [
  page({
    method: 'get',
    path: '/clients/:client/findings',
    summary: 'What contradicts or is missing, since when, and what to fix first',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'clients/findings',
      data: await view(work, client),
    }),
  }),
];

async function view(work: Work, id: string): Promise<FindingsView> {
  const client = await findClient(work, id);
  await refreshStandingsOf(work, [client]);
  const found = await listFindings(work, id, { withEnded: true });
  const open = found.filter(({ endedAt }) => endedAt === null);
  const fixes = await fixesOf(work, id);
  const told = shown(work, id);
  return {
    client,
    fixes: fixes.slice(0, FIRST).map((fix) => ({
      ...fix,
      href: fixHref(work, id, fix),
      gains: fix.gains.map((gain) => ({ ...gain, href: `/activities/${gain.activity}` })),
    })),
    moreFixes: Math.max(0, fixes.length - FIRST),
    groups: SEVERITIES.toReversed()
      .map((severity) => ({ severity, found: open.filter((one) => one.severity === severity).map(told) }))
      .filter((group) => group.found.length > 0),
    ended: found
      .filter(({ endedAt }) => endedAt !== null)
      .toSorted((left, right) => right.endedAt!.localeCompare(left.endedAt!))
      .slice(0, ENDED)
      .map(told),
    mayMend: may(work, 'inventory.change'),
  };
}

const shown =
  (work: Work, client: string) =>
  (finding: StandingFinding): FoundThing => ({
    ...finding,
    href: pageOf(finding.object),
    mendHref: mendingHref(work, client, finding),
  });

async function fixesOf(work: Work, id: string) {
  const facts = (await loadFacts(work, [await findClient(work, id)])).get(id);
  if (!facts) throw notFound('client');
  return whatToFix(facts);
}
