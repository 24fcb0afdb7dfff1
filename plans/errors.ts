import type { Reason } from './facts.ts';

/** The kinds of refusal there are for people. Everything else that is thrown is a bug or an outage. */
export type RefusalKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'too-many';

/**
 * A reason to stop that the caller can act on. The key stands for a sentence that `templates/words` holds in each
 * language; `field` names the input it is about, if any, and `reasons` say what all is wrong when one sentence cannot.
 * `told` hands out what helps to decide, for example both texts when two people changed one.
 */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly kind: RefusalKind;
  readonly key: string;
  readonly params: Record<string, string | number>;
  readonly field: string | null;
  readonly reasons: Reason[];
  readonly told: { current?: unknown; sent?: unknown };

  constructor(
    kind: RefusalKind,
    key: string,
    params: Record<string, string | number> = {},
    {
      field = null,
      reasons = [],
      told = {},
      ...options
    }: ErrorOptions & { field?: string | null; reasons?: Reason[]; told?: Refusal['told'] } = {},
  ) {
    super(key, options);
    this.kind = kind;
    this.key = key;
    this.params = params;
    this.field = field;
    this.reasons = reasons;
    this.told = told;
  }
}

/** `what` is a noun of the trade, for example `plan`. Another tenant's row is not found either. */
export const notFound = (what: string) => new Refusal('not-found', `not-found.${what}`);

export const conflict = (key: string, params: Record<string, string | number> = {}, reasons: Reason[] = []) =>
  new Refusal('conflict', key, params, { reasons });

export const invalid = (field: string, key: string, params: Record<string, string | number> = {}) =>
  new Refusal('invalid', key, params, { field });
