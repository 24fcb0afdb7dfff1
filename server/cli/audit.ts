import { parseArgs } from 'node:util';
import { verifyChain } from '#/plans/audit.ts';
import { startService } from '../service.ts';
import { readSettings } from '../settings.ts';

export const usage = `reprise audit verify [--data DIR] [--json]
  Computes every hash of the audit trail again, for each provider, and says where it was changed.`;

export async function run(args: string[]): Promise<number> {
  const call = readCall(args);
  if (!call) {
    console.error(usage);
    return 2;
  }
  const settings = readSettings({ DATA_DIR: call.data, LOG_LEVEL: 'error' });
  await using service = await startService(settings, { web: false, worker: false });
  const chains = [];
  for (const provider of await service.database.providerIds())
    chains.push({ provider, ...(await service.inProvider(provider, verifyChain)) });

  const intact = chains.every((chain) => chain.intact);
  if (call.json) console.log(JSON.stringify({ intact, chains }));
  else
    for (const chain of chains)
      console.log(
        `${chain.provider}: ${chain.intact ? `intact, ${chain.events} events` : `event ${chain.at}: ${chain.alteration}`}`,
      );
  return intact ? 0 : 1;
}

function readCall(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    return positionals.length === 1 && positionals[0] === 'verify' ? values : null;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
