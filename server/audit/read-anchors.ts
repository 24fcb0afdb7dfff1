/** Reads the anchors of one provider out of their store, in order, and says which of them is not as it should be. */
import type { Store } from '#/jobs/stores/store.ts';
import type { Anchored } from '#/plans/audit-chain.ts';
import { type AnchorFault, folderOf, keyOf, openAnchor } from './anchor.ts';

export interface AnchorsRead extends Anchored {
  /** The first anchor that is missing or cannot be relied on. What it held and what came after is held by none. */
  fault: { key: string; fault: AnchorFault | 'missing' } | null;
}

/** `expected` are the first events of anchors that are on record, where somebody keeps a record. */
export async function readAnchors(
  store: Pick<Store, 'list' | 'get'>,
  provider: string,
  trust: string[],
  expected: readonly number[] = [],
): Promise<AnchorsRead> {
  const contents: string[] = [];
  const heads: Anchored['heads'][number][] = [];
  const end = (key: string, fault: AnchorFault | 'missing') => ({ contents, heads, fault: { key, fault } });
  for await (const { key } of store.list(folderOf(provider))) {
    const wanted = keyOf(provider, contents.length + 1);
    if (key !== wanted) return end(wanted, 'missing');
    const anchor = openAnchor(await store.get(key), trust);
    if (typeof anchor === 'string') return end(key, anchor);
    if (anchor.provider !== provider || anchor.first !== contents.length + 1) return end(key, 'unreadable');
    contents.push(...anchor.contents);
    heads.push({ seq: anchor.last, hash: anchor.hash });
  }
  const missing = expected.find((first) => first > contents.length);
  return {
    contents,
    heads,
    fault: missing === undefined ? null : { key: keyOf(provider, missing), fault: 'missing' },
  };
}
