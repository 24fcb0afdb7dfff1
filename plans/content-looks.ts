/** What was seen of a point's content when a test read it: nothing strange, or something suspect. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { noteCanaries } from './canaries.ts';
import { findClient } from './clients.ts';
import { judgeContent } from './content/judge.ts';
import { ContentProfile } from './content/profile.ts';
import { conflict, notFound } from './errors.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

const Reason = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  files: z.array(z.string()).describe('Some of the files that show it'),
});

export const CONTENT_STATES = ['suspect', 'explained', 'nothing-strange'] as const;

export const ContentLook = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string() }),
    recoveryPoint: z.object({ id: z.uuid(), dataTime: z.iso.datetime() }),
    test: z.uuid(),
    lookedAt: z.iso.datetime(),
    state: z
      .enum(CONTENT_STATES)
      .describe(
        'There is no "clean": what was not seen may be there all the same. `explained` is somebody’s word',
      ),
    history: z.int().describe('Earlier points that it was held against'),
    reasons: z.array(Reason),
    profile: ContentProfile.omit({ sketch: true, watched: true }),
    explained: z
      .object({ at: z.iso.datetime(), by: z.string(), explanation: z.string() })
      .nullable()
      .describe('Somebody’s word that it is in order'),
  })
  .meta({ id: 'ContentLook' });
export type ContentLook = z.infer<typeof ContentLook>;

/** Earlier points that a new one is held against. */
const HISTORY = 10;

interface Seen {
  client: string;
  asset: { id: string; name: string };
  recoveryPoint: string;
  test: string;
}

/** Judges what a test saw and keeps it. Answers whether it is suspect. */
export async function noteContent(work: Work, seen: Seen, profile: ContentProfile): Promise<boolean> {
  const { client, asset, recoveryPoint, test } = seen;
  const { data_time: dataTime } = await work.db
    .selectFrom('recovery_points')
    .select('data_time')
    .where('id', '=', recoveryPoint)
    .executeTakeFirstOrThrow();
  const canaries = await noteCanaries(work, { client, asset: asset.id, dataTime }, profile.watched);
  const verdict = judgeContent(profile, await earlierProfiles(work, seen), canaries);
  const { id } = await work.db
    .insertInto('content_looks')
    .values({
      client_id: client,
      asset_id: asset.id,
      recovery_point_id: recoveryPoint,
      test_id: test,
      looked_at: work.now,
      state: verdict.state,
      history: verdict.history,
      reasons: JSON.stringify(verdict.reasons),
      profile: JSON.stringify(profile),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    verdict.state === 'suspect' ? 'content-look.suspect' : 'content-look.nothing-strange',
    { kind: 'content-look', id, client },
    { asset: asset.name, test, reasons: verdict.reasons.map(({ key }) => key) },
  );
  return verdict.state === 'suspect';
}

export const Explanation = z.object({ explanation: Line(2000) });

/** Says that what looks suspect is in order, and why: a migration, a purge. Later points are then held against this one as well. */
export async function explainContent(
  work: Work,
  id: string,
  { explanation }: z.infer<typeof Explanation>,
): Promise<ContentLook> {
  allow(work, 'protection.change');
  const look = await findContentLook(work, id);
  const explained = await work.db
    .updateTable('content_looks')
    .set({ explained_at: work.now, explained_by: work.actor.name, explanation })
    .where('id', '=', id)
    .where('state', '=', 'suspect')
    .where('explained_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!explained) throw conflict('content-look.not-suspect');
  await record(
    work,
    'content-look.explained',
    { kind: 'content-look', id, client: look.client },
    { explanation },
  );
  return findContentLook(work, id);
}

export async function findContentLook(work: Work, id: string): Promise<ContentLook> {
  allow(work, 'client.read');
  const row = await selectLooks(work).where('look.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('content-look');
  return present(row);
}

/** What a test saw, or the newest test of a point that read all of it. Null where none did. */
export async function contentOf(work: Work, where: { test: string } | { point: string }) {
  allow(work, 'client.read');
  const row = await selectLooks(work)
    .where(
      'test' in where ? 'look.test_id' : 'look.recovery_point_id',
      '=',
      'test' in where ? where.test : where.point,
    )
    .orderBy('look.looked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? present(row) : null;
}

/** The latest looks of a client, newest first. */
export async function listContentLooks(work: Work, client: string): Promise<ContentLook[]> {
  allow(work, 'client.read');
  await findClient(work, client);
  const rows = await selectLooks(work)
    .where('look.client_id', '=', client)
    .orderBy('look.looked_at', 'desc')
    .orderBy('look.id')
    .limit(100)
    .execute();
  return rows.map(present);
}

/** Whether a point looked suspect when it was read last, and nobody explained it. For queries over points named so. */
export const isSuspect = (point: string) => sql<boolean>`coalesce((
  select look.state = 'suspect' and look.explained_at is null from content_looks as look
  where look.client_id = ${sql.ref(`${point}.client_id`)} and look.recovery_point_id = ${sql.ref(`${point}.id`)}
  order by look.looked_at desc limit 1), false)`;

/** The same of what one test read. */
export const isTestSuspect = (test: string) => sql<boolean>`exists (
  select from content_looks as look
  where look.client_id = ${sql.ref(`${test}.client_id`)} and look.test_id = ${sql.ref(`${test}.id`)}
    and look.state = 'suspect' and look.explained_at is null)`;

/** One look for each earlier point that raised no suspicion, or whose suspicion somebody explained; newest first. */
async function earlierProfiles({ db }: Work, { asset, recoveryPoint }: Seen): Promise<ContentProfile[]> {
  const rows = await db
    .selectFrom('content_looks as look')
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'look.client_id').onRef('point.id', '=', 'look.recovery_point_id'),
    )
    .innerJoin('recovery_points as this', (join) => join.onRef('this.client_id', '=', 'look.client_id'))
    .innerJoin('restore_tests as test', (join) =>
      join.onRef('test.client_id', '=', 'look.client_id').onRef('test.id', '=', 'look.test_id'),
    )
    .distinctOn(['point.data_time', 'point.id'])
    .select('look.profile')
    .where('this.id', '=', recoveryPoint)
    .where('look.asset_id', '=', asset.id)
    .where('test.state', '=', 'passed')
    .whereRef('point.data_time', '<', 'this.data_time')
    .where(({ or, eb }) => or([eb('look.state', '<>', 'suspect'), eb('look.explained_at', 'is not', null)]))
    .orderBy('point.data_time', 'desc')
    .orderBy('point.id')
    .orderBy('look.looked_at', 'desc')
    .limit(HISTORY)
    .execute();
  return rows.map(({ profile }) => profile as ContentProfile);
}

const selectLooks = ({ db }: Work) =>
  db
    .selectFrom('content_looks as look')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'look.client_id').onRef('asset.id', '=', 'look.asset_id'),
    )
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'look.client_id').onRef('point.id', '=', 'look.recovery_point_id'),
    )
    .selectAll('look')
    .select(['asset.name as asset_name', 'point.data_time']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof selectLooks>['executeTakeFirst']>>>;

const present = (row: Row): ContentLook => {
  const { sketch: _, watched: __, ...profile } = row.profile as ContentProfile;
  const { explained_at: at, explained_by: by, explanation } = row;
  return {
    id: row.id,
    client: row.client_id,
    asset: { id: row.asset_id, name: row.asset_name },
    recoveryPoint: { id: row.recovery_point_id, dataTime: row.data_time.toISOString() },
    test: row.test_id,
    lookedAt: row.looked_at.toISOString(),
    state: at ? 'explained' : (row.state as ContentLook['state']),
    history: row.history,
    reasons: row.reasons as ContentLook['reasons'],
    profile,
    explained: at && { at: at.toISOString(), by: by ?? '', explanation: explanation ?? '' },
  };
};
