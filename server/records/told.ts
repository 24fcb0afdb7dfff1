/** Records that the file of a client told, shown by the declaration of their noun. Nothing on these pages wears the colour of proof. */
import { type ChoiceList, type Choices, listChoices } from '#/plans/choices.ts';
import {
  idsHere,
  listTold,
  listToldNaming,
  readTold,
  type ToldAlone,
  type ToldHead,
  withIdsHere,
} from '#/plans/told-records.ts';
import type { Work } from '#/plans/work.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { Field } from './field.ts';
import { type AnyNoun, type AsTold, choicesOf, factsOf, type SubList, valuesOf } from './noun.ts';
import type { ToldLink, ToldRow } from './views.ts';

/** Lists whose things may be told ones. */
const NOUN_OF: { [List in ChoiceList]?: string } = {
  incidents: 'incident',
  exercises: 'exercise',
  reviews: 'review',
  lessons: 'lesson',
  planVersions: 'plan-version',
};

/** What things are called here, and the told ones as well. */
export interface Naming {
  ids: ReadonlyMap<string, string>;
  choices: Choices;
}

export async function namingOf(work: Work, client: string, fields: Field[]): Promise<Naming> {
  const choices = await listChoices(work, client, choicesOf(fields));
  const told = await listTold(work, client);
  for (const list of Object.keys(choices) as ChoiceList[])
    choices[list] = [
      ...choices[list]!,
      ...told
        .filter(({ noun }) => noun === NOUN_OF[list])
        .map(({ id, title }) => ({ id, name: title, href: hrefOf({ id }), isPast: true })),
    ];
  return { ids: await idsHere(work, client), choices };
}

/** What a list says of the told ones of its noun, in its columns. */
export async function toldRows(
  noun: AnyNoun,
  work: Work,
  client: string,
  columns: Field[],
): Promise<ToldRow[]> {
  const told = await readTold(work, client, noun.name);
  if (told.length === 0) return [];
  const { ids, choices } = await namingOf(work, client, columns);
  return told.map((one) => ({
    href: hrefOf(one),
    title: one.title,
    cells: plain(cellsOf(columns, valuesOf(noun, itemOf(one, ids)), noun.name, choices)),
  }));
}

/** What its page says of one. */
export async function toldFacts(noun: AnyNoun, work: Work, told: ToldAlone) {
  const ids = await idsHere(work, told.client);
  const item = itemOf(told, ids);
  const { figures = [], parts = [] }: AsTold = (await noun.asTold?.(work, item, told.parts)) ?? {};
  const fields = factsOf(noun, item);
  const { choices } = await namingOf(work, told.client, [
    ...fields,
    ...parts.flatMap(({ columns }) => columns),
  ]);
  return {
    facts: plain(cellsOf(fields, valuesOf(noun, item), noun.name, choices)),
    figures,
    parts: parts.map((part) => partOf(part, choices)),
  };
}

const partOf = ({ name, columns, rows }: SubList, choices: Choices) => ({
  name,
  columns: columns.map((column) => `${name}.field.${column.name}`),
  rows: rows.map(({ href, values }) => ({ href, cells: plain(cellsOf(columns, values, name, choices)) })),
  addHref: null,
});

/** Those that speak of a record, of what is here or of another told one. */
export const toldNaming = async (work: Work, client: string, id: string): Promise<ToldLink[]> =>
  (await listToldNaming(work, client, id)).map((told) => ({
    href: hrefOf(told),
    title: told.title,
    words: `${told.noun}.one`,
  }));

export const hrefOf = ({ id }: Pick<ToldHead, 'id'>) => `/told/${id}`;

const itemOf = ({ content }: ToldAlone, ids: ReadonlyMap<string, string>) =>
  withIdsHere(content, ids) as { id: string; client: string };

const plain = (cells: Cell[]): Cell[] =>
  cells.map((cell) => ({ ...cell, tone: null, rows: cell.rows.map(plain) }));
