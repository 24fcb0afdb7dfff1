/**
 * For each noun with plain pages, by its path: what adding one takes, and what its actions take. `ids` holds one of each noun
 * that was made before it, in this order. A noun without `add` says null and is made otherwise, or not at all.
 */
type Ids = Record<string, string>;

export const NOUN_SAMPLES: Record<
  string,
  { add: ((ids: Ids) => object) | null; actions?: Record<string, (ids: Ids) => object> }
> = {
  sites: { add: () => ({ name: 'Siège', kind: 'office' }) },
  scenarios: { add: () => ({ name: 'Incendie', family: 'premises-lost' }) },
  strategies: {
    add: ({ activity }) => ({ name: 'Repli', activity, options: [{ name: 'Télétravail' }] }),
    actions: {
      choice: () => ({ option: 1, reason: 'La moins chère' }),
      completion: () => ({}),
      refusal: () => ({ reason: 'Trop chère' }),
    },
  },
};
