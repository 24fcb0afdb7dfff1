/** What surrounds every document: cover, running headers, contents, and how its reader checks it. */
import { canonical, sha256 } from '#/plans/canonical.ts';
import { CLASHING_TERMS } from '#/plans/clients.ts';
import { PRINTED_DIGITS, type SnapshotHead } from '#/plans/reports/head.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { qr } from '#/server/charts/qr.ts';
import { cleaned, shortened } from './user-text.ts';
import type { Voice } from './voice.ts';

/** A chapter has a page of its own name, and so a running header of its own. */
export interface Chapter {
  id: string;
  number: string;
  name: string;
  /** Behind the name, in lists and headers; may be empty. */
  note: string;
}

export interface Fact {
  word: string;
  text: string;
}

export interface FrameParts {
  /** Stands top left on every page: whose document it is. */
  owner: string;
  /** In place of the name of the kind. */
  name?: string;
  kicker?: string;
  title?: string;
  chapters: Chapter[];
  /** Under the cover's title; none where there is no cover. */
  facts?: Fact[];
  definitions?: string[];
  limits?: string[];
}

export type Frame = ReturnType<typeof frameOf>;

/** The hash is that of the snapshot as it was given; only what is printed is cleaned. */
export function frameOf(given: ReportSnapshot, voice: Voice, parts: FrameParts) {
  const { kind, reference, preparedBy, madeAt, versions } = given as SnapshotHead & ReportSnapshot;
  const hash = sha256(canonical(given));
  return {
    locale: voice.locale,
    kind,
    reference,
    name: parts.name ?? voice.say(`kind.${kind}`),
    kicker: parts.kicker ?? voice.say(`kind.${kind}.kicker`),
    coverTitle: shortened(parts.title ?? voice.say(`kind.${kind}.title`), 120),
    owner: parts.owner,
    coverOwner: shortened(parts.owner, 110),
    ...publisherOf(given),
    confidential: voice.say('client' in given ? 'confidential' : 'portfolio.confidential'),
    made: voice.moment(madeAt),
    facts: [
      ...(parts.facts ?? []),
      { word: voice.say('cover.made'), text: voice.moment(madeAt) },
      { word: voice.say('cover.prepared'), text: preparedBy },
      { word: voice.say('cover.reference'), text: reference },
    ],
    chapters: parts.chapters,
    versions: versionsOf(versions, voice),
    verify: {
      hash,
      hashLines: hash.match(/.{16}/g) ?? [],
      at: given.verifyAt ?? '',
      qr: qr(codeOf(given, hash.slice(0, PRINTED_DIGITS)), voice.say('verify.qr')),
      start: hash.slice(0, PRINTED_DIGITS),
    },
    closing: {
      definitions: [
        ...ownWordsOf(given, voice),
        ...(parts.definitions ?? []).map((key) => ({
          word: voice.say(`define.${key}`),
          text: voice.say(`define.${key}.text`),
        })),
      ],
      limits: (parts.limits ?? []).map((key) => voice.say(`limit.${key}`, { madeAt })),
    },
  };
}

/** Leads to the page that verifies the file; without an address of the service it tells the same to who reads it there. */
function codeOf({ reference, verifyAt }: SnapshotHead, start: string): string {
  if (!verifyAt) return `${reference} ${start}`;
  return `${verifyAt}?${new URLSearchParams({ r: reference, h: start })}`;
}

/** Who issues it, as it shows itself. */
function publisherOf(given: ReportSnapshot) {
  const { provider, brand } = cleaned({ provider: given.provider, brand: given.brand ?? null });
  const logo = given.brand?.logo;
  const name = brand?.legalName ?? provider.name;
  return {
    provider: name,
    brand: {
      logo: logo ? `data:${logo.type};base64,${logo.base64}` : '',
      address: brand?.address ?? '',
      footer: brand?.footer ?? name,
      colours: brand?.colours ?? null,
    },
  };
}

/** What the client calls what we name otherwise, each with what it means here. */
function ownWordsOf(given: ReportSnapshot, voice: Voice): Fact[] {
  const { ownWords } = cleaned({ ownWords: 'client' in given ? (given.ownWords ?? {}) : {} });
  return CLASHING_TERMS.flatMap((term) => {
    const word = ownWords[term];
    if (!word) return [];
    const ours = voice.say(`define.${term}`);
    return [{ word, text: `${voice.say('define.own', { ours })} ${voice.say(`define.${term}.text`)}` }];
  });
}

/** The product first; a stored snapshot has its keys in the order of the alphabet. */
const versionsOf = ({ product, ...others }: SnapshotHead['versions'], voice: Voice): string =>
  Object.entries({ product, ...others })
    .map(([part, version]) => voice.say(`version.${part}`, { version }))
    .join(', ');

/** A chapter named by the word that its id has. */
export const chapter = (voice: Voice, id: string, number: string, note = ''): Chapter => ({
  id,
  number,
  name: voice.say(`chapter.${id.replace(/-\d+$/, '')}`),
  note,
});
