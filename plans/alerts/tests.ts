/** Tests of routes and channels: real messages, whose answers are shown. */
import { record } from '../audit.ts';
import type { Work } from '../work.ts';
import { findAlertChannel, refuseForeignScope } from './channels.ts';
import { requestTest } from './deliveries.ts';
import { findAlertRoute } from './routes.ts';

/** To everybody on it, deputies as well. */
export async function testRoute(work: Work, id: string): Promise<void> {
  const { client, recipients } = await findAlertRoute(work, id);
  await refuseForeignScope(work, client);
  await requestTest(work, { client, route: id, to: recipients });
  await record(work, 'alert-route.tested', { kind: 'alert-route', id, client });
}

export async function testChannel(work: Work, id: string): Promise<void> {
  const { client, name } = await findAlertChannel(work, id);
  await refuseForeignScope(work, client);
  await requestTest(work, { client, route: null, to: [{ to: `channel:${id}`, name }] });
  await record(work, 'alert-channel.tested', { kind: 'alert-channel', id, client });
}
