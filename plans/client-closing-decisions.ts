/** What is decided on a closing: another person closes the client or does not, and an owner opens it again. */
import { allow } from './access.ts';
import { endAlertsOf } from './alerts/settle.ts';
import { record } from './audit.ts';
import { type ClientClosing, findClosing, findClosingForChange } from './client-closings.ts';
import { findClientForChange } from './clients.ts';
import { conflict } from './errors.ts';
import { dropPlannedOf, planAnew } from './schedules/schedules.ts';
import { isSecondPerson, personOf, type Work } from './work.ts';

/** From here on nothing begins for the client; what is under way ends, and points stay as long as their retention says. */
export async function grantClosing(work: Work, id: string): Promise<ClientClosing> {
  allow(work, 'closing.decide');
  const closing = await findOpen(work, id);
  if (!isSecondPerson(work.actor, closing.askedByPerson)) throw conflict('closing.same-person');
  const { closedAt } = await findClientForChange(work, closing.client);
  if (closedAt !== null) throw conflict('client.is-closed');
  await refuseDuringDrill(work, closing.client);
  await dropPlannedOf(work, closing.client);
  await endAlertsOf(work, closing.client);
  await decide(work, closing, 'granted');
  await setClosed(work, closing.client, work.now);
  return findClosing(work, id);
}

export async function refuseClosing(work: Work, id: string): Promise<ClientClosing> {
  allow(work, 'closing.decide');
  await decide(work, await findOpen(work, id), 'refused');
  return findClosing(work, id);
}

export async function withdrawClosing(work: Work, id: string): Promise<ClientClosing> {
  allow(work, 'closing.read');
  const closing = await findOpen(work, id);
  if (personOf(work.actor) !== closing.askedByPerson) throw conflict('closing.not-yours');
  await decide(work, closing, 'withdrawn');
  return findClosing(work, id);
}

/** Opens a closed client again: all that recurs is planned from now on, and its people come in again. */
export async function reopenClient(work: Work, id: string): Promise<ClientClosing> {
  allow(work, 'closing.ask');
  const closing = await findClosingForChange(work, id);
  if (closing.state !== 'granted') throw conflict('closing.not-closed');
  await setClosed(work, closing.client, null);
  await work.db
    .updateTable('client_closings')
    .set({ reopened_at: work.now, reopened_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await planAnew(work, closing.client);
  await record(work, 'closing.reopened', { kind: 'client-closing', id, client: closing.client });
  return findClosing(work, id);
}

/** Somebody may still have to confirm a step, which nobody could in a closed client. */
async function refuseDuringDrill({ db }: Work, client: string) {
  const drill = await db
    .selectFrom('drills')
    .select('id')
    .where('client_id', '=', client)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (drill) throw conflict('closing.drill-under-way');
}

async function findOpen(work: Work, id: string): Promise<ClientClosing> {
  const closing = await findClosingForChange(work, id);
  if (closing.state === 'lapsed') throw conflict('closing.lapsed');
  if (closing.state !== 'asked') throw conflict('closing.decided');
  return closing;
}

const setClosed = ({ db }: Work, client: string, at: Date | null) =>
  db.updateTable('clients').set({ closed_at: at }).where('client_id', '=', client).execute();

async function decide(
  work: Work,
  { id, client, reason }: ClientClosing,
  decision: 'granted' | 'refused' | 'withdrawn',
) {
  await work.db
    .updateTable('client_closings')
    .set({ decision, decided_at: work.now, decided_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await record(work, `closing.${decision}`, { kind: 'client-closing', id, client }, { reason });
}
