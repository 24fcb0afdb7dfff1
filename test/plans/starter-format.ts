/** What `plans/starter/README.md` asks of a text, so that the texts and planted faults are judged alike. */

const inPlaceholder = /\[\[([^\]]*)\]\]/g;
const fence = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

/** What is wrong with a section, each fault with the line it stands on. */
export function faultsOf(text: string): string[] {
  const lines = text.split('\n');
  const prose = text.replace(fence, (block) => block.replace(/[^\n]/g, '')).split('\n');
  return [
    ...(/^# \S/.test(lines[0] ?? '') && lines[1] === '' ? [] : ['1: no title']),
    ...(text.endsWith('\n') && !text.endsWith('\n\n') ? [] : [`${lines.length}: no single end of line`]),
    ...lines.flatMap((line, at) => wrongIn(line).map((fault) => `${at + 1}: ${fault}`)),
    ...prose.flatMap((line, at) => wrongInProse(line, at).map((fault) => `${at + 1}: ${fault}`)),
    ...tablesOf(prose).flatMap(({ at, widths }) =>
      new Set(widths).size === 1 && widths.length > 2
        ? []
        : [`${at}: rows of a table differ, or are too few`],
    ),
  ];
}

const wrongIn = (line: string): string[] => [
  ...(line === line.trimEnd() ? [] : ['space at the end']),
  ...(opened(line) ? ['a placeholder that is empty, nested, or does not end on its line'] : []),
  ...placeholdersOf(line)
    .filter((question) => question.includes('|'))
    .map((question) => `a placeholder with a bar: ${question}`),
];

const wrongInProse = (line: string, at: number): string[] => [
  ...(line.startsWith('# ') && at > 0 ? ['a second title'] : []),
  ...(/```/.test(line) ? ['a block of commands that does not end'] : []),
  ...(/<[a-z/!]/i.test(line.replace(/`[^`]*`/g, '')) ? ['HTML'] : []),
  ...(/!\[/.test(line) ? ['an image'] : []),
  ...(/\]\(/.test(line) ? ['a link'] : []),
];

/** What is left of brackets when each whole placeholder is taken out. */
const opened = (line: string): boolean =>
  /\[\[|\]\]/.test(line.replace(/\[\[[^[\]]*[^[\]\s][^[\]]*\]\]/g, ''));

export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(inPlaceholder)].map(([, question]) => question!);

function tablesOf(lines: readonly string[]): { at: number; widths: number[] }[] {
  const tables: { at: number; widths: number[] }[] = [];
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('|')) continue;
    const width = line.split('|').length;
    if (lines[at - 1]?.startsWith('|')) tables.at(-1)!.widths.push(width);
    else tables.push({ at: at + 1, widths: [width] });
  }
  return tables;
}

/** What must be the same in every language of a section, whatever its words are. */
export const shapeOf = (text: string) => ({
  headings: [...text.matchAll(/^(#+) /gm)].map(([, level]) => level!.length),
  tables: tablesOf(text.split('\n')).map(({ widths }) => widths),
  checks: text.match(/^- \[ \] /gm)?.length ?? 0,
  placeholders: placeholdersOf(text).length,
  // `8 h`, `8:00` and `8.00` are one time of day.
  usualValues: placeholdersOf(text).map((value) => value.replace(/[.:]00(?!\d)/g, '').match(/\d+/g) ?? []),
  commands: commandsOf(text),
});

/** Each command on one line, however it was broken. */
export const commandsOf = (text: string): string[] =>
  [...text.matchAll(fence)].flatMap(([, , block]) =>
    block!
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .filter(Boolean),
  );
