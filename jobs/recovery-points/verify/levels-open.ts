/** L0 and L1: what can be said without reading a pack. */

import { because } from '../finding-codes.ts';
import { objectionTo } from '../open-point.ts';
import { plantInHead, plantInStore } from './plant-heads.ts';
import { citedObjects, findAbsent } from './presence.ts';
import type { Run } from './run.ts';

/** L0: a head that is signed, and every object it cites, with its size. */
export async function checkPresence(run: Run): Promise<void> {
  const { request, head, ledger } = run;
  const { store, trust, onProgress } = request;
  const began = performance.now();
  const objects = citedObjects(head.opened.head);
  judgeSignature({ request, head, ledger });
  const absent = await findAbsent(store, objects);
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

/** L1: neither a folder nor S3 keeps a checksum that could be set against our SHA-256. Reading back shows more. */
export function settleStoreChecksum({ ledger }: Run, { isReadBack }: { isReadBack: boolean }): void {
  const began = performance.now();
  const expected = "the store's own checksum equals ours";
  if (isReadBack && ledger.verdictOf('L2a') === 'passed')
    ledger.pass(
      'L1',
      'store-checksum',
      expected,
      'not compared: L2a read every byte of it in this run, which shows more',
    );
  else
    ledger.unsure(
      'L1',
      'store-checksum',
      expected,
      'this store keeps no SHA-256 to compare with; L2a reads and hashes every byte instead',
      because('level.no-store-checksum', {}),
    );
  ledger.note('L1', began, 0);
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
