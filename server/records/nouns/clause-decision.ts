import { z } from 'zod';
import {
  CLAUSE_DECISIONS,
  ClauseDecision,
  decideClause,
  endClauseDecision,
  findClauseDecision,
  listClauseDecisions,
  NewClauseDecision,
} from '#/plans/clause-decisions.ts';
import { noun } from '../noun.ts';

export const clauseDecision = noun<ClauseDecision, NewClauseDecision>({
  name: 'clause-decision',
  path: 'clause-decisions',
  tab: 'reports',
  titleOf: ({ framework, ref }) => `${framework} · ${ref}`,
  fields: [
    { name: 'framework', kind: 'reference', to: 'frameworks' },
    { name: 'ref', kind: 'line', max: 60 },
    { name: 'decision', kind: 'choice', values: CLAUSE_DECISIONS, words: 'state' },
    { name: 'reason', kind: 'text', max: 2000, rows: 3 },
    { name: 'until', kind: 'date', optional: true },
  ],
  told: [
    { name: 'by', kind: 'line' },
    { name: 'at', kind: 'moment' },
    { name: 'isInForce', kind: 'tick' },
    { name: 'endedAt', kind: 'moment' },
    { name: 'endedBy', kind: 'line' },
  ],
  columns: ['decision', 'until', 'by', 'isInForce'],
  item: ClauseDecision,
  input: NewClauseDecision,
  list: listClauseDecisions,
  find: findClauseDecision,
  add: decideClause,
  right: 'clause.decide',
  actions: [
    {
      name: 'ending',
      fields: [],
      input: z.object({}),
      right: 'clause.decide',
      isOffered: ({ endedAt }) => endedAt === null,
      run: endClauseDecision,
      isFinal: true,
    },
  ],
});
