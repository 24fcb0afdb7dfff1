import { findClient } from '#/plans/clients.ts';
import { longestWait } from '#/plans/hours.ts';
import {
  addSupplier,
  changeSupplier,
  checkSupplier,
  findSupplier,
  findSupplierForChange,
  listSuppliers,
  NewSupplier,
  removeSupplier,
  Supplier,
  SupplierCheck,
  SupplierTerms,
} from '#/plans/suppliers.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun } from '../noun.ts';
import { neededByPart, providesPart } from './need-parts.ts';

export const supplier = noun<Supplier, NewSupplier, SupplierTerms>({
  name: 'supplier',
  path: 'suppliers',
  tab: 'inventory',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', once: true },
    { name: 'registration', kind: 'line', optional: true, max: 50 },
    { name: 'service', kind: 'text', optional: true, max: 1000, rows: 2 },
    { name: 'contact', kind: 'reference', to: 'contacts', optional: true },
    { name: 'recoveryPromiseSeconds', kind: 'duration', optional: true },
    { name: 'hours', kind: 'hours' },
    { name: 'contractUntil', kind: 'date', optional: true },
    { name: 'subSuppliers', kind: 'text', optional: true, max: 2000, rows: 2 },
    { name: 'exitPlan', kind: 'text', optional: true },
  ],
  told: [
    { name: 'longestWaitSeconds', kind: 'duration' },
    { name: 'checkedOn', kind: 'date' },
    { name: 'checkedBy', kind: 'line' },
    { name: 'asset', kind: 'reference', to: 'assets' },
  ],
  apart: ['name'],
  valuesOf: ({ id }) => ({ asset: id }),
  columns: ['service', 'recoveryPromiseSeconds', 'hours', 'longestWaitSeconds', 'checkedOn'],
  item: Supplier,
  input: NewSupplier,
  changeInput: SupplierTerms,
  list: listSuppliers,
  find: findSupplier,
  findForChange: findSupplierForChange,
  add: addSupplier,
  change: changeSupplier,
  remove: removeSupplier,
  right: 'inventory.change',
  notices: noticesOf,
  parts: async (work, one) => [
    await providesPart(work, one),
    await neededByPart(work, { ...one, kind: 'asset' }),
  ],
  actions: [
    {
      name: 'check',
      fields: [{ name: 'on', kind: 'date', optional: true }],
      input: SupplierCheck,
      right: 'inventory.change',
      isOffered: ({ hours }) => hours !== null,
      run: checkSupplier,
    },
  ],
});

/** The longest wait in words, and what is missing or over. */
async function noticesOf(work: Work, one: Supplier): Promise<Notice[]> {
  if (one.hours === null) return [{ kind: 'warning', reason: { key: 'supplier.nothing-said', params: {} } }];
  const { businessHours } = await findClient(work, one.client);
  const isOver = one.contractUntil !== null && one.contractUntil < work.now.toISOString().slice(0, 10);
  const waits = {
    waitSeconds: one.longestWaitSeconds ?? 0,
    atWorkSeconds: longestWait(one.hours, businessHours ?? 'always') ?? 0,
    promiseSeconds: one.recoveryPromiseSeconds ?? 0,
  };
  return [
    ...(isOver
      ? [
          {
            kind: 'danger' as const,
            reason: { key: 'supplier.contract-over', params: { endDate: one.contractUntil ?? '' } },
          },
        ]
      : []),
    { kind: 'plain', reason: { key: waitKey(waits.waitSeconds, businessHours !== null), params: waits } },
    one.recoveryPromiseSeconds === null
      ? { kind: 'warning', reason: { key: 'supplier.promises-nothing', params: {} } }
      : { kind: 'plain', reason: { key: 'supplier.promises', params: waits } },
  ];
}

const waitKey = (waitSeconds: number, hasHours: boolean): string => {
  if (waitSeconds === 0) return 'supplier.always-there';
  return hasHours ? 'supplier.waits-and-at-work' : 'supplier.waits';
};
