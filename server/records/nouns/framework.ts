import {
  ClientFramework,
  changeFramework,
  chooseFramework,
  dropFramework,
  findClientFramework,
  findClientFrameworkForChange,
  listClientFrameworks,
  NewClientFramework,
} from '#/plans/client-frameworks.ts';
import { noun } from '../noun.ts';

export const framework = noun<ClientFramework, NewClientFramework>({
  name: 'framework',
  path: 'client-frameworks',
  tab: 'reports',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'framework', kind: 'reference', to: 'frameworks' },
    { name: 'level', kind: 'line', optional: true, max: 60 },
    { name: 'reason', kind: 'text', optional: true, max: 2000, rows: 3 },
  ],
  told: [{ name: 'clauses', kind: 'number' }],
  columns: ['level', 'clauses'],
  item: ClientFramework,
  input: NewClientFramework,
  list: listClientFrameworks,
  find: findClientFramework,
  findForChange: findClientFrameworkForChange,
  add: chooseFramework,
  change: changeFramework,
  remove: dropFramework,
  right: 'framework.change',
});
