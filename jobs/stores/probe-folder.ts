/** Probing a folder. What it lacks it lacks by its nature; what a disk or share does is tried. */
import { randomBytes } from 'node:crypto';
import { answer, compareClocks, PROBE_FOLDER, type Probe, Trials } from './probe.ts';
import { type Store, StoreError } from './store.ts';

const BODY = randomBytes(64 * 1024);
const AT_ONCE = 5;

export async function probeFolder(store: Store): Promise<Probe> {
  const at = `${PROBE_FOLDER}/${randomBytes(6).toString('hex')}`;
  const trials = new Trials();
  const probe: Omit<Probe, 'lines'> = {
    address: store.address,
    kind: 'folder',
    probedAt: new Date().toISOString(),
    checksums: 'none',
    leftBehind: [],
    brokeOff: null,
  };
  await store.put(`${at}/object`, BODY);
  try {
    await tryAll(store, at, trials);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    probe.brokeOff = { fault: error.fault, message: error.message };
  }
  await removeAll(store, at);
  return { ...probe, lines: trials.lines };
}

async function tryAll(store: Store, at: string, trials: Trials): Promise<void> {
  const key = `${at}/object`;
  await trials.try('write-and-read', 'a file of 64 KiB, written, synced and read', async () => {
    const isSame = (await store.get(key)).equals(BODY);
    return answer(isSame, isSame ? 'the same bytes' : 'other bytes');
  });
  await trials.try(
    'conditional-create',
    `a taken name, and ${AT_ONCE} writers at once for a new one`,
    async () => {
      const taken = await store.put(key, Buffer.from('another'), { ifAbsent: true });
      const race = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) => store.put(`${at}/race`, Buffer.of(i), { ifAbsent: true })),
      );
      const winners = race.filter((one) => one === 'created').length;
      return answer(taken === 'exists' && winners === 1, `${taken}; ${winners} of ${AT_ONCE} created it`);
    },
  );
  await trials.try('conditional-create-of-parts', 'a taken name, for a stream', async () => {
    const taken = await store.putStream(key, inPieces(), { ifAbsent: true });
    return answer(taken === 'exists', taken);
  });
  await trials.try('ranged-get', 'bytes 10 to 19', async () => {
    const isSame = (await store.getRange(key, { start: 10, bytes: 10 })).equals(BODY.subarray(10, 20));
    return answer(isSame, isSame ? 'those bytes' : 'other bytes');
  });
  await trials.try('list-after-put', 'a listing right after a write', async () => {
    const keys = (await Array.fromAsync(store.list(`${at}/`))).map((one) => one.key);
    return answer(keys.includes(key) && keys.includes(`${at}/race`), `${keys.length} of 2 objects`);
  });
  await trials.try('clock', 'the time of a file just written', async () =>
    compareClocks((await store.head(key))?.modifiedAt ?? null),
  );
  trials.tell('refuses-altered-bytes', 'no', 'a file system takes what comes');
  trials.tell('checks-checksums', 'no', 'a file system has none');
  trials.tell('versions', 'no', 'a folder keeps what was written last');
  trials.tell('delete-markers', 'no', 'a folder keeps nothing of what was removed');
  trials.tell('locks', 'no', 'a folder cannot hold what is in it');
  trials.tell('locks-hold', 'no', 'there are no locks');
  trials.tell('governance-holds', 'no', 'there are no locks');
}

async function* inPieces(): AsyncGenerator<Buffer> {
  yield BODY;
}

/** The folder itself stays, empty: removing it could meet another probe. */
async function removeAll(store: Store, at: string): Promise<void> {
  try {
    for await (const { key } of store.list(`${at}/`)) await store.remove(key);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error; // the probe has said already that the store went away
  }
}
