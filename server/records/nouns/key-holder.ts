import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { DRILL_STATES, listKeyDrills } from '#/plans/key-drills.ts';
import {
  addKeyHolder,
  changeKeyHolder,
  endKeyHolder,
  findKeyHolder,
  findKeyHolderForChange,
  HOLDER_STATES,
  KeyHolder,
  KeyHolderChange,
  listKeyHolders,
  NewKeyHolder,
} from '#/plans/key-holders.ts';
import type { Work } from '#/plans/work.ts';
import type { Field, Tone } from '../field.ts';
import { type Notice, noun, type SubList } from '../noun.ts';

const TONES: Record<(typeof HOLDER_STATES)[number], Tone> = {
  opened: 'proof',
  overdue: 'warning',
  never: 'warning',
  ended: 'open',
};

export const DRILL_TONES: Record<(typeof DRILL_STATES)[number], Tone> = {
  open: 'open',
  judging: 'moving',
  passed: 'proof',
  failed: 'danger',
  inconclusive: 'warning',
  expired: 'warning',
};

export const drillState: Field = {
  name: 'state',
  kind: 'choice',
  values: DRILL_STATES,
  words: 'key-drill-state',
  tones: DRILL_TONES,
};

export const keyHolder = noun<KeyHolder, NewKeyHolder, KeyHolderChange>({
  name: 'key-holder',
  path: 'key-holders',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'key', kind: 'reference', to: 'recoveryKeys', once: true },
    { name: 'contact', kind: 'reference', to: 'contacts', once: true },
    { name: 'place', kind: 'line', optional: true },
  ],
  told: [
    { name: 'state', kind: 'choice', values: HOLDER_STATES, words: 'key-holder-state', tones: TONES },
    { name: 'openedAt', kind: 'moment' },
    { name: 'dueAt', kind: 'moment' },
    { name: 'since', kind: 'moment' },
    { name: 'endedAt', kind: 'moment' },
  ],
  columns: ['state', 'key', 'place', 'openedAt', 'dueAt'],
  item: KeyHolder,
  input: NewKeyHolder,
  changeInput: KeyHolderChange,
  list: listKeyHolders,
  find: findKeyHolder,
  findForChange: findKeyHolderForChange,
  add: addKeyHolder,
  change: changeKeyHolder,
  right: 'inventory.change',
  isOpen: ({ endedAt }) => endedAt === null,
  notices: async (_work, { state, name }): Promise<Notice[]> =>
    state === 'never' || state === 'overdue'
      ? [{ kind: 'warning', reason: { key: `key-holder.${state}`, params: { name } } }]
      : [],
  parts: async (work, holder) => [await drillsPart(work, holder)],
  start: async (work, client) => {
    const held = await work.db
      .selectFrom('client_keys')
      .select('id')
      .where('client_id', '=', client)
      .where('purpose', '=', 'recovery')
      .where('retired_at', 'is', null)
      .executeTakeFirst();
    return held ? { key: held.id } : {};
  },
  actions: [
    {
      name: 'ending',
      fields: [],
      input: z.object({}),
      right: 'inventory.change',
      isOffered: ({ endedAt }) => endedAt === null,
      run: endKeyHolder,
      isFinal: true,
    },
  ],
});

async function drillsPart(work: Work, { id, client, endedAt }: KeyHolder): Promise<SubList> {
  const drills = await listKeyDrills(work, client);
  return {
    name: 'key-holder.drills',
    columns: [
      { name: 'askedAt', kind: 'moment' },
      drillState,
      { name: 'asset', kind: 'line' },
      { name: 'openedBy', kind: 'line' },
    ],
    rows: drills
      .filter(({ holder }) => holder === id)
      .map((drill) => ({
        href: `/key-drills/${drill.id}`,
        values: {
          askedAt: drill.askedAt,
          state: drill.state,
          asset: drill.asset?.name ?? null,
          openedBy: drill.openedBy,
        },
      })),
    addHref:
      endedAt === null && may(work, 'key-drill.request')
        ? `/clients/${client}/key-drills/new?holder=${id}`
        : null,
  };
}
