/** One of the processes of `due.ts`: claims what is due until nothing is left. */
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';

const [url = '', provider = '', dataDir = ''] = process.argv.slice(2);
const settings = readSettings({ DATA_DIR: dataDir, DATABASE_URL: url, LOG_LEVEL: 'error' });
await using service = await startService(settings, { web: false, worker: false });
const begun = await queueDueWork((run) => service.inProvider(provider, run));
console.log(`${process.pid} began ${begun}`);
