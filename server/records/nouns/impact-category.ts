import { listActivities } from '#/plans/activities.ts';
import {
  addImpactCategory,
  changeImpactCategory,
  findImpactCategory,
  findImpactCategoryForChange,
  ImpactCategory,
  listImpactCategories,
  NewImpactCategory,
  removeImpactCategory,
} from '#/plans/impact-categories.ts';
import { takeStarterCategories } from '#/plans/starter-impact-categories.ts';
import { noun } from '../noun.ts';

export const impactCategory = noun<ImpactCategory, NewImpactCategory>({
  name: 'impact-category',
  path: 'impact-categories',
  tab: 'continuity',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 100 },
    { name: 'position', kind: 'number', optional: true },
    {
      name: 'levels',
      kind: 'rows',
      fields: [
        { name: 'level', kind: 'number' },
        { name: 'meaning', kind: 'text', max: 1000, rows: 2 },
        { name: 'isTolerable', kind: 'tick' },
      ],
    },
  ],
  columns: ['position'],
  item: ImpactCategory,
  input: NewImpactCategory,
  list: listImpactCategories,
  find: findImpactCategory,
  findForChange: findImpactCategoryForChange,
  add: addImpactCategory,
  change: changeImpactCategory,
  remove: removeImpactCategory,
  right: 'activity.change',
  start: async () => ({
    levels: [0, 1, 2, 3, 4].map((level) => ({ level, meaning: '', isTolerable: level < 3 })),
  }),
  listActions: [
    {
      name: 'starter-set',
      right: 'activity.change',
      isOffered: (categories) => categories.length === 0,
      run: takeStarterCategories,
    },
  ],
  parts: async (work, { id, client }) => [
    {
      name: 'impact-category.activities',
      columns: [
        { name: 'name', kind: 'line' },
        { name: 'mtpdSeconds', kind: 'duration' },
        { name: 'derivedMtpdSeconds', kind: 'duration' },
        { name: 'mtpdReason', kind: 'text' },
      ],
      rows: (await listActivities(work, client))
        .filter(({ impacts }) => impacts.some(({ category }) => category === id))
        .map(({ id: activity, name, mtpdSeconds, derivedMtpdSeconds, mtpdReason }) => ({
          href: `/activities/${activity}`,
          values: { name, mtpdSeconds, derivedMtpdSeconds, mtpdReason },
        })),
    },
  ],
});
