/**
 * The commands that RESTORE.md tells people to run, taken out of its text as somebody would copy them, with the names of what is
 * restored put in the place of its examples.
 */
import { readFileSync } from 'node:fs';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';

/** What is put in the place of the page's examples. */
export interface Filling {
  asset: string;
  point: string;
  identity: string;
  into: string;
}

export interface Paper {
  /** The one command that runs `restore.sh`. */
  script: string;
  /** Blocks to paste one after the other, for a point of one run and of several. */
  byHand: { open: string; single: string; several: string; check: string };
}

/** RESTORE.md as this version publishes it. */
export const OUR_PAPER = readFileSync(new URL('../restore-kit/RESTORE.md', import.meta.url), 'utf8');
export const OUR_SCRIPT = readFileSync(new URL('../restore-kit/restore.sh', import.meta.url), 'utf8');

/** Throws `data` when the page does not have all that is needed. */
export function readPaper(text: string): Paper {
  const blocks = [...text.matchAll(/^[ ]*```sh\n(.*?)^[ ]*```/gms)].map(({ 1: block = '', index }) => ({
    block: unindented(block),
    title: text.slice(0, index).split('**').at(-2) ?? '',
  }));
  const find = (part: string, isIt: (one: (typeof blocks)[number]) => boolean): string => {
    const found = blocks.find(isIt);
    if (found) return found.block;
    throw incomplete(part);
  };
  const assignment = find('ASSET=', ({ block }) => ASSIGNMENT.test(block));
  const step = (number: string) => find(`**${number}`, ({ title }) => title.startsWith(number));
  return {
    script: find('sh restore.sh', ({ block }) => block.startsWith('sh restore.sh ')),
    byHand: {
      open: `${assignment}${step('2.')}`,
      single: step('3a.'),
      several: step('3b.'),
      check: step('4.'),
    },
  };
}

const ASSIGNMENT = /^ASSET=\S+ POINT=\S+ KEY=\S+ OUT=\S+$/m;

export function fillScript({ script }: Pick<Paper, 'script'>, filling: Filling): string {
  return Object.entries(filling).reduce((command, [option, value]) => {
    const found = new RegExp(`--${option} \\S+`);
    if (!found.test(command)) throw incomplete(`--${option}`);
    return command.replace(found, () => `--${option} ${value}`);
  }, script);
}

/** All that a person would paste, for a point of so many runs. */
export function fillByHand(
  { byHand }: Pick<Paper, 'byHand'>,
  { asset, point, identity, into }: Filling,
  runs: number,
): string {
  const { open, single, several, check } = byHand;
  const filled = open.replace(ASSIGNMENT, () => `ASSET=${asset} POINT=${point} KEY=${identity} OUT=${into}`);
  return [filled, runs === 1 ? single : several, check].join('\n');
}

/**
 * The fingerprint of all files of a folder, as `treeRoot` works it out: for whoever has a shell alone. It wants `OUT` and
 * `CHALLENGE` set.
 */
export const ROOT_COMMANDS = `(cd "$OUT" && find . -type f -exec sh -c '
  challenge=$1; shift
  for file; do
    name=$(printf %s "\${file#./}" | sha256sum)
    size=$(wc -c <"$file")
    content=$({ printf "%s\\n" "$challenge"; cat "$file"; } | sha256sum)
    printf "%s %s %s\\n" "\${name%% *}" "$((size))" "\${content%% *}"
  done' sh "$CHALLENGE" {} +) | LC_ALL=C sort >lines.txt
ROOT=$(sha256sum <lines.txt)
`;

/** Blocks within a list are moved in by some spaces, which nobody copies. */
function unindented(block: string): string {
  const [, by = ''] = /^( *)/.exec(block) ?? [];
  return block.replace(new RegExp(`^${by}`, 'gm'), '');
}

const incomplete = (part: string) =>
  new EngineError(
    'data',
    because('foreign.paper-incomplete', { part }),
    `RESTORE.md lacks the commands of ${part}.`,
    {
      where: 'RESTORE.md',
    },
  );
