/** `reprise audit`: checks the audit trail against itself and against its anchors, exports it, or anchors it now. */
import { once } from 'node:events';
import { parseSigningKey, parseTrustedKey, signerOf } from '#/jobs/recovery-points/signing.ts';
import { verifyChain } from '#/plans/audit.ts';
import { listAnchors } from '#/plans/audit-anchors.ts';
import { type ChainState, judgeChain } from '#/plans/audit-chain.ts';
import { anchorTrails } from '../audit/anchoring.ts';
import { readExport, writeExport } from '../audit/export.ts';
import { type AnchorsRead, readAnchors } from '../audit/read-anchors.ts';
import { type Service, startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import {
  CallError,
  DONE,
  FAILED,
  follow,
  openStoreOf,
  readCall,
  textOrFile,
  WITH_RESERVATIONS,
} from './call.ts';

export const usage = `reprise audit verify|export|anchor [--data DIR] [--json]

verify: computes every hash of the trail again, for each provider, holds it against the signed anchors in AUDIT_STORE, and says
which event was changed, removed, inserted, put elsewhere in the order, or cut off. Exit 0 when all is as it was written, 3
when it is and no anchor vouches for it, 1 when something was altered or an anchor is missing or not signed by our key.
  --file FILE     checks an export instead, without service or database
  --anchors STORE and the anchors there: file:///folder or s3://bucket/prefix?endpoint=…
  --trust KEY     public key that the anchors must be signed with, or a file with it
export: writes the trail of a provider to standard output as JSON lines. --provider ID where there are several.
anchor: signs and stores now what the daily round would, and tells the public key to trust.`;

const OPTIONS = {
  data: { type: 'string' },
  file: { type: 'string' },
  anchors: { type: 'string' },
  trust: { type: 'string' },
  provider: { type: 'string' },
} as const;

export const run = (args: string[]) =>
  follow(args, usage, () => {
    const { values, positionals } = readCall(args, OPTIONS, { positionals: ['a verb'], required: [] });
    const verb = positionals[0];
    if (verb === 'verify') return values.file ? verifyFile(values.file, values) : verifyService(values);
    if (verb === 'export') return exportTrail(values);
    if (verb === 'anchor') return anchorNow(values);
    throw new CallError(`There is nothing called "reprise audit ${verb}".`);
  });

interface Given {
  data?: string | undefined;
  anchors?: string | undefined;
  trust?: string | undefined;
  provider?: string | undefined;
  json?: boolean | undefined;
}

interface Checked {
  provider: string;
  chain: ChainState;
  anchors: AnchorsRead['fault'];
}

async function verifyFile(file: string, { anchors, trust, json }: Given): Promise<number> {
  if (anchors && !trust)
    throw new CallError('--trust must be given with --anchors: anybody can sign something.');
  const { provider, lines } = await readExport(file);
  const read = anchors ? await readFrom(anchors, provider, keysOf(trust)) : null;
  const chain = await judgeChain(lines, read ?? undefined);
  return tell([{ provider, chain, anchors: read?.fault ?? null }], json);
}

async function verifyService({ anchors, trust, json, data }: Given): Promise<number> {
  await using service = await start(data);
  const { store, signingKey } = await service.anchoring();
  const keys = trust ? keysOf(trust) : [signerOf(parseSigningKey(signingKey))];
  const checked: Checked[] = [];
  for (const provider of await service.database.providerIds()) {
    const onRecord = await service.inProvider(provider, listAnchors);
    const expected = onRecord.map(({ first }) => first);
    const read = anchors
      ? await readFrom(anchors, provider, keys, expected)
      : await readAnchors(store, provider, keys, expected);
    const chain = await service.inProvider(provider, (work) => verifyChain(work, read));
    checked.push({ provider, chain, anchors: read.fault });
  }
  return tell(checked, json);
}

async function readFrom(address: string, provider: string, keys: string[], expected: number[] = []) {
  const store = await openStoreOf(address);
  try {
    return await readAnchors(store, provider, keys, expected);
  } finally {
    await store.close();
  }
}

const keysOf = (trust: string | undefined) => (trust ? [parseTrustedKey(textOrFile(trust))] : []);

const start = (data: string | undefined): Promise<Service> =>
  startService(readSettings({ DATA_DIR: data, LOG_LEVEL: 'error' }), { web: false, worker: false });

function tell(checked: Checked[], json: boolean | undefined): number {
  const isIntact = checked.every(({ chain, anchors }) => chain.intact && !anchors);
  const chains = checked.map(({ chain, ...rest }) => ({ ...rest, ...chain }));
  if (json)
    console.log(
      JSON.stringify({
        intact: isIntact,
        chains: chains.map(({ anchors, ...rest }) => ({ ...rest, anchorFault: anchors })),
      }),
    );
  else for (const one of checked) console.log(`${one.provider}: ${sentenceOf(one)}`);
  if (!isIntact) return FAILED;
  return checked.every(({ chain }) => chain.intact && (chain.anchored > 0 || chain.events === 0))
    ? DONE
    : WITH_RESERVATIONS;
}

function sentenceOf({ chain, anchors }: Checked): string {
  const held = anchors ? `; anchor ${anchors.key} is ${anchors.fault}` : '';
  return chain.intact
    ? `${chain.events} events follow from each other, ${chain.anchored} of them held by anchors${held}`
    : `event ${chain.at} was ${chain.alteration}${held}`;
}

async function exportTrail({ data, provider: wanted }: Given): Promise<number> {
  await using service = await start(data);
  const providers = await service.database.providerIds();
  const provider = wanted ?? (providers.length === 1 ? providers[0] : undefined);
  if (!provider || !providers.includes(provider))
    throw new CallError(`--provider must be one of ${providers.join(', ')}.`);
  await service.inProvider(provider, async (work) => {
    for await (const line of writeExport(work))
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
  });
  return DONE;
}

async function anchorNow({ data, json }: Given): Promise<number> {
  await using service = await start(data);
  const anchoring = await service.anchoring();
  const isWhole = await anchorTrails(anchoring, { isAsked: true });
  const key = signerOf(parseSigningKey(anchoring.signingKey));
  console.log(
    json ? JSON.stringify({ store: anchoring.store.address, key }) : `${anchoring.store.address}\n${key}`,
  );
  return isWhole ? DONE : FAILED;
}
