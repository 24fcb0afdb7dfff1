import { EVIDENCE_CODES } from '#/plans/coverage/evidence-codes.ts';
import {
  Declaration,
  declare,
  findDeclaration,
  listDeclarations,
  NewDeclaration,
} from '#/plans/declarations.ts';
import { noun } from '../noun.ts';

export const declaration = noun<Declaration, NewDeclaration>({
  name: 'declaration',
  path: 'declarations',
  tab: 'reports',
  titleOf: ({ statement }) => statement,
  fields: [
    { name: 'code', kind: 'choice', values: EVIDENCE_CODES, words: 'evidence-code' },
    { name: 'statement', kind: 'line', max: 500 },
    { name: 'document', kind: 'line', max: 500 },
    { name: 'validUntil', kind: 'date' },
  ],
  told: [
    { name: 'by', kind: 'line' },
    { name: 'at', kind: 'moment' },
    { name: 'isExpired', kind: 'tick' },
  ],
  columns: ['code', 'document', 'validUntil', 'by'],
  item: Declaration,
  input: NewDeclaration,
  list: listDeclarations,
  find: findDeclaration,
  add: declare,
  right: 'declaration.add',
});
