/** A worker that is killed between sending a message and writing that down: `node dying-worker.ts URL PROVIDER ENV`. */
import type { Tools } from '#/jobs/job.ts';
import { tellAlerts } from '#/jobs/tell-alerts.ts';
import { openSender } from '#/server/alerts/send.ts';
import { openDatabase } from '#/server/database.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import { openVault } from '#/server/vault.ts';

const [url = '', provider = '', env = '{}'] = process.argv.slice(2);
const settings = readSettings(JSON.parse(env), {});
const database = openDatabase(url, () => undefined);
const vault = openVault(settings.masterKey);
const send = openSender({ settings, templates: loadTemplates(), vault, clock: () => new Date() });
const tools = {
  inProvider: (id, run) =>
    database.inProvider(id, 'all', (db) =>
      run({
        db,
        provider: id,
        clients: 'all',
        actor: {
          kind: 'service',
          id: null,
          name: 'Reprise',
          role: 'service',
          scopes: ['read', 'write', 'run'],
        },
        now: new Date(),
        enqueue: async () => undefined,
        seal: (purpose, secret) => vault.seal(id, purpose, secret),
        address: null,
        places: settings.places,
      }),
    ),
  sendAlert: async (id, message) => {
    const sent = await send(id, message);
    process.kill(process.pid, 'SIGKILL');
    return sent;
  },
} as Pick<Tools, 'inProvider' | 'sendAlert'> as Tools;
await tellAlerts.run({}, provider, tools, new AbortController().signal);
