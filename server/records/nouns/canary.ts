import { z } from 'zod';
import {
  addCanary,
  Canary,
  findCanary,
  findCanaryForChange,
  listCanaries,
  NewCanary,
  relearnCanary,
  removeCanary,
} from '#/plans/canaries.ts';
import { noun } from '../noun.ts';

export const canary = noun<Canary, NewCanary>({
  name: 'canary',
  path: 'canaries',
  tab: 'protection',
  titleOf: ({ path }) => path,
  fields: [
    { name: 'asset', kind: 'reference', to: 'assets' },
    { name: 'path', kind: 'line', max: 1000, optional: true },
  ],
  told: [
    { name: 'firstSeenAt', kind: 'moment', optional: true },
    { name: 'sha256', kind: 'line', optional: true },
  ],
  columns: ['asset', 'firstSeenAt'],
  item: Canary,
  input: NewCanary,
  list: listCanaries,
  find: findCanary,
  findForChange: findCanaryForChange,
  add: addCanary,
  remove: removeCanary,
  right: 'protection.change',
  actions: [
    {
      name: 'relearning',
      fields: [],
      input: z.object({}),
      right: 'protection.change',
      isOffered: ({ sha256 }) => sha256 !== null,
      run: relearnCanary,
    },
  ],
});
