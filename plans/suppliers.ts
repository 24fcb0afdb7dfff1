/** Suppliers: assets of that kind, and what each of them promises. All of it is declared. */
import { z } from 'zod';
import { allow } from './access.ts';
import { addAsset, findAssetForChange, NewAsset, retireAsset } from './assets.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { findContact } from './contacts.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Hours, longestWait } from './hours.ts';
import { Line, OptionalDate, OptionalLine, OptionalSeconds, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const SupplierTerms = z.object({
  registration: OptionalLine(50)
    .default(null)
    .describe(
      'Number in a public register (SIREN, KvK, VAT, LEI); by it the same supplier is known at several clients',
    ),
  service: OptionalText(1000).default(null),
  contact: z.uuid().nullable().default(null).describe('Whom to call there'),
  recoveryPromiseSeconds: OptionalSeconds.default(null).describe('Null: it promises nothing'),
  hours: Hours.refine((hours) => hours.length > 0, { error: 'supplier.hours-missing' }).describe(
    "When somebody is there, in the client's time zone",
  ),
  subSuppliers: OptionalText(2000).default(null),
  exitPlan: OptionalText(4000).default(null),
  contractUntil: OptionalDate.default(null),
});
export type SupplierTerms = z.infer<typeof SupplierTerms>;

export const NewSupplier = z.object({ name: Line(200), ...SupplierTerms.shape });
export type NewSupplier = z.infer<typeof NewSupplier>;

export const Supplier = z
  .object({
    ...SupplierTerms.shape,
    id: z.uuid().describe('The same as the asset’s'),
    client: z.uuid(),
    name: z.string(),
    hours: Hours.nullable().describe('Null: nothing was said about it yet'),
    longestWaitSeconds: z
      .int()
      .nullable()
      .describe('From the worst moment of a week until somebody is there; null while no hours are known'),
    checkedOn: z.iso.date().nullable().describe('When these promises were last checked with the supplier'),
    checkedBy: z.string().nullable(),
  })
  .meta({ id: 'Supplier' });
export type Supplier = z.infer<typeof Supplier>;

export const SupplierCheck = z.object({ on: OptionalDate.default(null).describe('Null: today') });
export type SupplierCheck = z.infer<typeof SupplierCheck>;

export async function addSupplier(work: Work, client: string, supplier: NewSupplier): Promise<Supplier> {
  const { name, ...terms } = supplier;
  await refuseForeignContact(work, client, terms);
  const { id } = await addAsset(work, client, NewAsset.parse({ name, kind: 'supplier' }));
  await writeTerms(work, { id, client }, terms);
  await record(work, 'supplier.added', { kind: 'supplier', id, client }, supplier);
  return findSupplier(work, id);
}

/** Other promises are not the ones that were checked: the check falls. */
export async function changeSupplier(work: Work, id: string, terms: SupplierTerms): Promise<Supplier> {
  allow(work, 'inventory.change');
  const before = await findSupplierForChange(work, id);
  if (before.hours !== null && canonical(SupplierTerms.parse(before)) === canonical(terms)) return before;
  await refuseForeignContact(work, before.client, terms);

  await writeTerms(work, before, terms);
  if (promisesOf(before) !== promisesOf(terms))
    await work.db
      .updateTable('supplier_terms')
      .set({ checked_on: null, checked_by: null })
      .where('asset_id', '=', id)
      .execute();
  await record(
    work,
    'supplier.changed',
    { kind: 'supplier', id, client: before.client },
    { before, after: terms },
  );
  return findSupplier(work, id);
}

/** Somebody asked the supplier, or read the contract: so it stands. */
export async function checkSupplier(work: Work, id: string, { on }: SupplierCheck): Promise<Supplier> {
  allow(work, 'inventory.change');
  const { client, name, hours } = await findSupplierForChange(work, id);
  if (hours === null) throw conflict('supplier.nothing-to-check', { name });
  const day = on ?? today(work);
  if (day > today(work)) throw invalid('on', 'date.in-the-future');

  await work.db
    .updateTable('supplier_terms')
    .set({ checked_on: day, checked_by: work.actor.name })
    .where('asset_id', '=', id)
    .execute();
  await record(work, 'supplier.checked', { kind: 'supplier', id, client }, { name, on: day });
  return findSupplier(work, id);
}

/** Takes the asset out, with what it promised. */
export async function removeSupplier(work: Work, id: string): Promise<Supplier> {
  const before = await findSupplierForChange(work, id);
  await retireAsset(work, id);
  return before;
}

export async function findSupplier(work: Work, id: string): Promise<Supplier> {
  const row = await select(work).where('asset.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('supplier');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findSupplierForChange(work: Work, id: string): Promise<Supplier> {
  await findSupplier(work, id);
  await findAssetForChange(work, id);
  return findSupplier(work, id);
}

export async function listSuppliers(work: Work, client: string): Promise<Supplier[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('asset.client_id', '=', client)
    .orderBy('asset.name')
    .limit(5000)
    .execute();
  return rows.map(present);
}

const today = ({ now }: Work) => now.toISOString().slice(0, 10);

const promisesOf = ({
  recoveryPromiseSeconds,
  hours,
  contractUntil,
}: Pick<Supplier, 'recoveryPromiseSeconds' | 'hours' | 'contractUntil'>): string =>
  canonical({ recoveryPromiseSeconds, hours, contractUntil });

async function refuseForeignContact(work: Work, client: string, { contact }: SupplierTerms) {
  if (contact && (await findContact(work, contact)).client !== client) throw notFound('contact');
}

async function writeTerms(
  { db, now }: Work,
  { id, client }: { id: string; client: string },
  terms: SupplierTerms,
) {
  const columns = {
    registration: terms.registration,
    service: terms.service,
    contact_id: terms.contact,
    recovery_promise_seconds: terms.recoveryPromiseSeconds,
    hours: JSON.stringify(terms.hours),
    sub_suppliers: terms.subSuppliers,
    exit_plan: terms.exitPlan,
    contract_until: terms.contractUntil,
    changed_at: now,
  };
  await db
    .insertInto('supplier_terms')
    .values({ client_id: client, asset_id: id, ...columns })
    .onConflict((known) => known.columns(['provider_id', 'client_id', 'asset_id']).doUpdateSet(columns))
    .execute();
}

const select = ({ db }: Work) =>
  db
    .selectFrom('assets as asset')
    .leftJoin('supplier_terms as terms', (join) =>
      join.onRef('terms.client_id', '=', 'asset.client_id').onRef('terms.asset_id', '=', 'asset.id'),
    )
    .select(['asset.id', 'asset.client_id', 'asset.name'])
    .select([
      'registration',
      'service',
      'contact_id',
      'recovery_promise_seconds',
      'hours',
      'sub_suppliers',
      'exit_plan',
      'contract_until',
      'checked_on',
      'checked_by',
    ])
    .where('asset.kind', '=', 'supplier')
    .where('asset.retired_at', 'is', null);

const present = (
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
): Supplier => {
  const hours = row.hours as Hours | null;
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    registration: row.registration,
    service: row.service,
    contact: row.contact_id,
    recoveryPromiseSeconds: row.recovery_promise_seconds,
    hours,
    longestWaitSeconds: hours && longestWait(hours, 'always'),
    subSuppliers: row.sub_suppliers,
    exitPlan: row.exit_plan,
    contractUntil: row.contract_until,
    checkedOn: row.checked_on,
    checkedBy: row.checked_by,
  };
};
