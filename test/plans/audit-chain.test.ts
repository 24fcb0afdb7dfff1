import { expect } from 'chai';
import {
  type Alteration,
  type Anchored,
  CHAIN_START,
  type ChainLine,
  judgeChain,
  linkHash,
  NO_ANCHORS,
} from '#/plans/audit-chain.ts';
import { sha256 } from '#/plans/canonical.ts';

const EVENTS = 80;
const ANCHORED = 60;
const ROUNDS = 1000;

/** Chains contents as the trigger of the database does. */
function chain(contents: readonly string[]): ChainLine[] {
  let previousHash = CHAIN_START;
  return contents.map((content, index) => {
    const line = { seq: index + 1, previousHash, hash: linkHash(previousHash, index + 1, content), content };
    previousHash = line.hash;
    return line;
  });
}

const WRITTEN = chain(Array.from({ length: EVENTS }, (_, index) => `{"what":"event ${index + 1}"}`));
const ANCHORS: Anchored = {
  contents: WRITTEN.slice(0, ANCHORED).map(({ content }) => sha256(content)),
  heads: [30, ANCHORED].map((seq) => ({ seq, hash: WRITTEN[seq - 1]!.hash })),
};

interface Expected {
  lines: ChainLine[];
  alteration: Alteration;
  at: number;
}

type Alter = (at: number) => Expected;

const without = <Thing>(things: readonly Thing[], at: number) =>
  things.filter((_, index) => index !== at - 1);
const withAt = <Thing>(things: readonly Thing[], at: number, thing: Thing) =>
  things.toSpliced(at - 1, 0, thing);
const contents = () => WRITTEN.map(({ content }) => content);
const renumbered = (lines: ChainLine[]) => lines.map((line, index) => ({ ...line, seq: index + 1 }));

/** What leaves traces in the chain itself. */
const TRACED: Record<string, Alter> = {
  'another content': (at) => ({
    lines: WRITTEN.with(at - 1, { ...WRITTEN[at - 1]!, content: '{"what":"nothing"}' }),
    alteration: 'changed',
    at,
  }),
  'another hash': (at) => ({
    lines: WRITTEN.with(at - 1, { ...WRITTEN[at - 1]!, hash: sha256('another') }),
    alteration: 'changed',
    at,
  }),
  'another content with its hash computed again': (at) => {
    const { seq, previousHash } = WRITTEN[at - 1]!;
    const content = '{"what":"nothing"}';
    const hash = linkHash(previousHash, seq, content);
    return {
      lines: WRITTEN.with(at - 1, { seq, previousHash, content, hash }),
      alteration: 'changed',
      at,
    };
  },
  'a column that does not agree': (at) => ({
    lines: WRITTEN.with(at - 1, { ...WRITTEN[at - 1]!, agrees: false }),
    alteration: 'changed',
    at,
  }),
  'one taken out': (at) => ({ lines: without(WRITTEN, at), alteration: 'removed', at }),
  'one taken out, the others renumbered': (at) => ({
    lines: renumbered(without(WRITTEN, at)),
    alteration: 'removed',
    at,
  }),
  'one put in': (at) => ({
    lines: renumbered(
      withAt(WRITTEN, at, { ...WRITTEN[at - 1]!, content: '{"what":"more"}', hash: sha256('x') }),
    ),
    alteration: 'inserted',
    at,
  }),
  'one repeated': (at) => ({
    lines: withAt(WRITTEN, at + 1, WRITTEN[at - 1]!),
    alteration: 'inserted',
    at: at + 1,
  }),
  'two exchanged': (at) => ({
    lines: WRITTEN.with(at - 1, WRITTEN[at]!).with(at, WRITTEN[at - 1]!),
    alteration: 'reordered',
    at,
  }),
  'two exchanged and renumbered': (at) => ({
    lines: renumbered(WRITTEN.with(at - 1, WRITTEN[at + 1]!).with(at + 1, WRITTEN[at - 1]!)),
    alteration: 'reordered',
    at,
  }),
  'two contents exchanged': (at) => ({
    lines: WRITTEN.with(at - 1, { ...WRITTEN[at - 1]!, content: WRITTEN[at]!.content }).with(at, {
      ...WRITTEN[at]!,
      content: WRITTEN[at - 1]!.content,
    }),
    alteration: 'reordered',
    at,
  }),
};

/** What leaves none: every hash was computed again afterwards. Only what was put elsewhere before tells. */
const UNTRACED: Record<string, Alter> = {
  'another content': (at) => ({
    lines: chain(contents().with(at - 1, '{"what":"nothing"}')),
    alteration: 'changed',
    at,
  }),
  'one taken out': (at) => ({ lines: chain(without(contents(), at)), alteration: 'removed', at }),
  'one put in': (at) => ({
    lines: chain(withAt(contents(), at, '{"what":"more"}')),
    alteration: 'inserted',
    at,
  }),
  'two exchanged': (at) => ({
    lines: chain(
      contents()
        .with(at - 1, contents()[at]!)
        .with(at, contents()[at - 1]!),
    ),
    alteration: 'reordered',
    at,
  }),
  'the end cut off': (at) => ({ lines: WRITTEN.slice(0, at - 1), alteration: 'cut-off', at }),
};

const pick = <Thing>(things: readonly Thing[]) => things[Math.floor(Math.random() * things.length)]!;
/** Never the last two: exchanging needs a neighbour or two. */
const anyUpTo = (last: number) => 1 + Math.floor(Math.random() * (last - 2));

async function show([what, alter]: [string, Alter], at: number, anchored: Anchored) {
  const { lines, ...expected } = alter(at);
  const found = await judgeChain(lines, anchored);
  expect(found, `${what} at ${at}`).to.include({ intact: false, ...expected });
}

describe('a chain of audit events', () => {
  it('is whole as it was written, and says how much of it anchors hold', async () => {
    expect(await judgeChain(WRITTEN)).to.deep.include({ intact: true, events: EVENTS, anchored: 0 });
    expect(await judgeChain(WRITTEN, ANCHORS)).to.deep.include({ intact: true, anchored: ANCHORED });
  });

  it(`tells which event was altered, and how, in ${ROUNDS} random alterations`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 3 === 0) await show(pick(Object.entries(TRACED)), anyUpTo(EVENTS), NO_ANCHORS);
      else if (round % 3 === 1) await show(pick(Object.entries(TRACED)), anyUpTo(EVENTS), ANCHORS);
      else await show(pick(Object.entries(UNTRACED)), anyUpTo(ANCHORED), ANCHORS);
    }
  });

  it('finds a chain that was computed again from its first event on, and takes it for whole without anchors', async () => {
    const { lines } = UNTRACED['another content']!(1);
    expect(await judgeChain(lines)).to.include({ intact: true });
    expect(await judgeChain(lines, ANCHORS)).to.include({ intact: false, at: 1, alteration: 'changed' });
  });
});
