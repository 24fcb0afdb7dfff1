import {
  addContactTest,
  ContactTest,
  findContactTest,
  listContactTests,
  NewContactTest,
} from '#/plans/contact-tests.ts';
import { noun } from '../noun.ts';

export const contactTest = noun<ContactTest, NewContactTest>({
  name: 'contact-test',
  path: 'contact-tests',
  tab: 'life',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'contact', kind: 'reference', to: 'contacts' },
    { name: 'contactPoint', kind: 'reference', to: 'contactPoints', optional: true },
    { name: 'at', kind: 'moment' },
    { name: 'method', kind: 'line' },
    { name: 'isReached', kind: 'tick' },
    { name: 'answerSeconds', kind: 'duration', optional: true },
    { name: 'exercise', kind: 'reference', to: 'exercises', optional: true },
    { name: 'note', kind: 'line', optional: true, max: 1000 },
  ],
  told: [{ name: 'recordedBy', kind: 'line' }],
  columns: ['at', 'method', 'isReached', 'answerSeconds', 'recordedBy'],
  item: ContactTest,
  input: NewContactTest,
  list: listContactTests,
  find: findContactTest,
  add: addContactTest,
  right: 'life.change',
  start: async (work) => ({ at: work.now.toISOString(), isReached: true }),
});
