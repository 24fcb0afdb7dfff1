/** Examples of key drills: one that waits for its answer, one that asks for a restore, and one whose result was told. */
import type { KeyDrill } from '#/plans/key-drills.ts';
import { cellsOf } from '#/server/records/cells.ts';
import { inputsOf } from '#/server/records/inputs.ts';
import type { Figure } from '#/server/records/noun.ts';
import { keyDrill as noun } from '#/server/records/nouns/key-drill.ts';
import type { RecordView } from '#/server/records/views.ts';
import { form } from '#/server/views.ts';
import { client, keyDrill } from './examples.ts';

const restoring: KeyDrill = {
  ...keyDrill,
  recoveryPoint: keyDrill.id,
  point: '20260105T060000000Z-fdf3021f820f',
  asset: { id: keyDrill.id, name: 'Base ERP', label: 'base-erp' },
};

const viewOf = (drill: KeyDrill, figures: Figure[], action: 'answer' | 'result' | null): RecordView => {
  const fields =
    action === 'result'
      ? [{ name: 'result', kind: 'text' as const }]
      : [{ name: 'answer', kind: 'line' as const }];
  const typed = {};
  const inputs = inputsOf(fields, { words: `key-drill.${action}`, typed, choices: {}, errors: [] });
  return {
    client,
    noun: noun.name,
    tab: noun.tab,
    listHref: `/clients/${client.id}/key-drills`,
    title: noun.titleOf(drill),
    isSaved: false,
    notices: [{ kind: 'warning', reason: { key: 'key-drill.wrong', params: { count: 1 } } }],
    facts: cellsOf(noun.told ?? [], { ...drill }, noun.name, {}),
    figures,
    version: '"1"',
    editHref: null,
    removeHref: null,
    actions: action
      ? [
          {
            name: action,
            href: `/key-drills/${drill.id}/${action}`,
            isFinal: false,
            inputs,
            form: form(),
            isOpen: true,
          },
        ]
      : [],
    parts: [],
    told: [],
  };
};

export const drillOpen = viewOf(
  keyDrill,
  [{ partial: 'partials/key-drill-sealed', data: keyDrill }],
  'answer',
);
export const drillRestoring = viewOf(
  restoring,
  [{ partial: 'partials/key-drill-sealed', data: restoring }],
  'result',
);
export const drillTold = viewOf(
  restoring,
  [
    {
      partial: 'partials/key-drill-told',
      data: {
        ...restoring,
        seconds: 83.2,
        files: 1250,
        bytes: 48_000_000,
        source: 'sheet',
        isolation: 'namespaces',
        tools: 'age 1.1.1; zstd 1.5.4; tar 1.34',
      },
    },
  ],
  null,
);
