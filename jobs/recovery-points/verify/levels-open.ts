/** L0 and L1: what can be said without reading a pack. */

import type { Store } from '../../stores/store.ts';
import { because } from '../finding-codes.ts';
import { objectionTo } from '../open-point.ts';
import { plantInChecksums, plantInHead, plantInStore } from './plant-heads.ts';
import { citedObjects, findAbsent } from './presence.ts';
import type { Run } from './run.ts';
import { citedChecksums, findOtherChecksums } from './store-checksums.ts';

/** L0: a head that is signed, and every object it cites, with its size. */
export async function checkPresence(run: Run): Promise<void> {
  const { request, head, ledger } = run;
  const { store, trust, onProgress } = request;
  const began = performance.now();
  const objects = citedObjects(head.opened.head);
  judgeSignature({ request, head, ledger });
  const absent = await findAbsent(noting(run), objects);
  ledger.fail('L0', absent);
  for (const { where } of absent) run.badKeys.add(where ?? '');
  if (ledger.verdictOf('L0') === 'passed') {
    onProgress?.({ phase: 'plant', files: 0, bytes: 0, totalBytes: null });
    ledger.planted.push(...plantInHead(head, trust), ...(await plantInStore(store, objects)));
  }
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  const expected = `${objects.length} objects, sizes as on record`;
  ledger.close('L0', began, bytes, { expected, observed: 'all there' });
}

/** L1: the store's own SHA-256 of each object is the one on record. Where it keeps none, reading back shows more. */
export function settleStoreChecksum(run: Run, { isReadBack }: { isReadBack: boolean }): void {
  const { head, ledger, storeChecksums, badKeys } = run;
  const began = performance.now();
  const cited = citedChecksums(head.opened.head);
  const others = findOtherChecksums(cited, storeChecksums);
  ledger.fail('L1', others);
  for (const { where } of others) badKeys.add(where ?? '');
  if (others.length === 0) {
    const compared = `${storeChecksums.size} of ${cited.size} compared by the store's own SHA-256`;
    if (storeChecksums.size > 0) ledger.planted.push(plantInChecksums(cited, storeChecksums));
    tellCompared(run, { compared, areAll: storeChecksums.size === cited.size, isReadBack });
  }
  ledger.note('L1', began, 0);
}

function tellCompared(
  { ledger }: Run,
  { compared, areAll, isReadBack }: { compared: string; areAll: boolean; isReadBack: boolean },
): void {
  const expected = "the store's own checksum equals ours";
  if (areAll) ledger.pass('L1', 'store-checksum', expected, compared);
  else if (isReadBack && ledger.verdictOf('L2a') === 'passed')
    ledger.pass(
      'L1',
      'store-checksum',
      expected,
      `${compared}; L2a read every byte of it in this run, which shows more`,
    );
  else
    ledger.unsure(
      'L1',
      'store-checksum',
      expected,
      `${compared}; L2a reads and hashes every byte instead`,
      because('level.no-store-checksum', {}),
    );
}

/** The store as it answers, with each SHA-256 of its own written down: L1 need not ask again. */
function noting({ request: { store }, storeChecksums }: Run): Pick<Store, 'head'> {
  return {
    head: async (key) => {
      const found = await store.head(key);
      if (found?.storeSha256) storeChecksums.set(key, found.storeSha256);
      return found;
    },
  };
}

function judgeSignature({ request, head, ledger }: Pick<Run, 'request' | 'head' | 'ledger'>): void {
  const isVouchedFor = request.trust.length > 0;
  const expected = isVouchedFor ? 'signed by a trusted key' : 'fits the key in the head';
  const observed = isVouchedFor ? 'it is' : 'it fits; nobody was named who vouches for that key';
  const objection = objectionTo(head.opened.signature, head.opened.head.point);
  if (objection) {
    const { message: observed, ...why } = objection;
    ledger.fail('L0', [{ name: 'head-signature', expected, observed, where: 'head.json.sig', because: why }]);
  } else ledger.pass('L0', 'head-signature', expected, observed);
}
