/** Service agreements: what the provider promised the client for a fixed monthly price. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Hours } from './hours.ts';
import { Line, OptionalDate, OptionalDays } from './text.ts';
import type { Work } from './work.ts';

const Seconds = z.int().min(0).nullable().default(null);

export const NewAgreement = z.object({
  title: Line(200),
  monthlyFee: z.number().min(0).max(1e10),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'agreement.currency' })
    .default('EUR'),
  services: z.array(Line(500)).max(100).default([]),
  coverHours: Hours.default('always'),
  responseSeconds: Seconds.describe('Until somebody works on it, within the hours of cover'),
  recoverySeconds: Seconds,
  restoreTestDays: OptionalDays.default(null).describe('A restore test at least every so many days'),
  drillDays: OptionalDays.default(null),
  reportDays: OptionalDays.default(null),
  backupSuccessPercent: z.number().min(0).max(100).nullable().default(null),
  validFrom: z.iso.date(),
  validUntil: OptionalDate.default(null),
});
export type NewAgreement = z.infer<typeof NewAgreement>;

export const ServiceAgreement = z
  .object({ ...NewAgreement.shape, id: z.uuid(), client: z.uuid() })
  .meta({ id: 'ServiceAgreement' });
export type ServiceAgreement = z.infer<typeof ServiceAgreement>;

export async function addAgreement(
  work: Work,
  client: string,
  agreement: NewAgreement,
): Promise<ServiceAgreement> {
  allow(work, 'agreement.change');
  await findClient(work, client);
  refuseBackwards(agreement);
  const { id } = await work.db
    .insertInto('service_agreements')
    .values({ client_id: client, ...columns(agreement), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'agreement.added', { kind: 'service-agreement', id, client }, agreement);
  return findAgreement(work, id);
}

/** Changes an agreement. One that ran out stays as it was: what was promised then is measured by it. */
export async function changeAgreement(
  work: Work,
  id: string,
  agreement: NewAgreement,
): Promise<ServiceAgreement> {
  allow(work, 'agreement.change');
  const before = await findAgreementForChange(work, id);
  if (before.validUntil !== null && before.validUntil < work.now.toISOString().slice(0, 10))
    throw conflict('agreement.over', { title: before.title });
  refuseBackwards(agreement);
  await work.db
    .updateTable('service_agreements')
    .set({ ...columns(agreement), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'agreement.changed',
    { kind: 'service-agreement', id, client: before.client },
    { before, after: agreement },
  );
  return findAgreement(work, id);
}

export async function findAgreement({ db }: Work, id: string): Promise<ServiceAgreement> {
  const row = await db.selectFrom('service_agreements').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('agreement');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findAgreementForChange({ db }: Work, id: string): Promise<ServiceAgreement> {
  const row = await db
    .selectFrom('service_agreements')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('agreement');
  return present(row);
}

export async function listAgreements(work: Work, client: string): Promise<ServiceAgreement[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('service_agreements')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('valid_from', 'desc')
    .orderBy('id')
    .limit(200)
    .execute();
  return rows.map(present);
}

function refuseBackwards({ validFrom, validUntil }: NewAgreement) {
  if (validUntil !== null && validUntil < validFrom) throw invalid('validUntil', 'agreement.backwards');
}

const columns = (agreement: NewAgreement) => ({
  title: agreement.title,
  monthly_fee: agreement.monthlyFee,
  currency: agreement.currency,
  services: agreement.services,
  cover_hours: JSON.stringify(agreement.coverHours),
  response_seconds: agreement.responseSeconds,
  recovery_seconds: agreement.recoverySeconds,
  restore_test_days: agreement.restoreTestDays,
  drill_days: agreement.drillDays,
  report_days: agreement.reportDays,
  backup_success_percent: agreement.backupSuccessPercent,
  valid_from: agreement.validFrom,
  valid_until: agreement.validUntil,
});

const present = (row: {
  id: string;
  client_id: string;
  title: string;
  monthly_fee: number;
  currency: string;
  services: string[];
  cover_hours: unknown;
  response_seconds: number | null;
  recovery_seconds: number | null;
  restore_test_days: number | null;
  drill_days: number | null;
  report_days: number | null;
  backup_success_percent: number | null;
  valid_from: string;
  valid_until: string | null;
}): ServiceAgreement => ({
  id: row.id,
  client: row.client_id,
  title: row.title,
  monthlyFee: row.monthly_fee,
  currency: row.currency,
  services: row.services,
  coverHours: row.cover_hours as ServiceAgreement['coverHours'],
  responseSeconds: row.response_seconds,
  recoverySeconds: row.recovery_seconds,
  restoreTestDays: row.restore_test_days,
  drillDays: row.drill_days,
  reportDays: row.report_days,
  backupSuccessPercent: row.backup_success_percent,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
});
