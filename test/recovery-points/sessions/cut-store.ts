/** A store whose way breaks off at one call: before it is done, after it was done, or with no answer at all. */
import { because } from '#/jobs/recovery-points/finding-codes.ts';
import { type Store, StoreError } from '#/jobs/stores/store.ts';

export type Cut = 'before' | 'after' | 'silence';

export interface CutStore {
  store: Store;
  /** Resolves when a call got no answer. */
  silent: Promise<void>;
  /** Ends the silence with an error, so that nothing waits for ever. */
  endSilence(): void;
  /** Whether a head was written. */
  hasHead(): boolean;
}

/** Cuts the call of this number and all that follow. */
export function cutAt(number: number, cut: Cut, whole: Store): CutStore {
  const silent = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let [calls, hasHead] = [0, false];
  const lost = (key: string) =>
    new StoreError(
      'unreachable',
      because('store.unreachable', { address: whole.address, cause: 'ECONNRESET' }),
      'The store went away.',
      { key },
    );
  const call = async <Answer>(key: string, work: () => Promise<Answer>): Promise<Answer> => {
    const isCut = ++calls >= number;
    if (isCut && cut === 'before') throw lost(key);
    if (isCut && cut === 'silence') {
      silent.resolve();
      await ended.promise;
      throw lost(key);
    }
    const answer = await work();
    if (key.endsWith('/head.json') && answer === 'created') hasHead = true;
    if (isCut) throw lost(key);
    return answer;
  };
  const store: Store = Object.create(whole, {
    address: { value: whole.address },
    put: { value: (...args: Parameters<Store['put']>) => call(args[0], () => whole.put(...args)) },
    get: { value: (...args: Parameters<Store['get']>) => call(args[0], () => whole.get(...args)) },
    head: { value: (...args: Parameters<Store['head']>) => call(args[0], () => whole.head(...args)) },
    remove: { value: (key: string) => call(key, () => whole.remove(key)) },
    list: {
      value: async function* (prefix: string) {
        yield* await call(prefix, () => Array.fromAsync(whole.list(prefix)));
      },
    },
    versions: {
      value: whole.versions && {
        ...whole.versions,
        remove: (key: string, id: string) => call(key, () => whole.versions!.remove(key, id)),
      },
    },
  });
  return { store, silent: silent.promise, endSilence: ended.resolve, hasHead: () => hasHead };
}
