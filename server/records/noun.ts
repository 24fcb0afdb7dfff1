/**
 * A noun of the domain with plain pages and a JSON interface: a list, one, add, change, remove, and what else can be done
 * with it. `pages.ts` and `api.ts` make the addresses from this.
 */
import type { z } from 'zod';
import type { Action } from '#/plans/access.ts';
import type { ChoiceList } from '#/plans/choices.ts';
import type { Reason } from '#/plans/facts.ts';
import type { Work } from '#/plans/work.ts';
import type { Field, Writing } from './field.ts';

/** Every record says whose it is. */
export interface Kept {
  id: string;
  client: string;
}

export interface Noun<Item extends Kept = Kept, New = unknown, Change = New> {
  /**
   * Key of its words: `<name>.one`, `.many`, `.lede`, `.none`, `.add`, `.save` (where the form does more than save), `.field.<field>`, `.help.<field>`, `.do.<action>`; where a
   * field's name is too long to stand above a column, `.field.<field>.short`.
   */
  name: string;
  /** In addresses: `/clients/:client/<path>` and `/<path>/:id`. */
  path: string;
  /** The tab of the client that it stands under. */
  tab:
    | 'overview'
    | 'inventory'
    | 'continuity'
    | 'plans'
    | 'life'
    | 'protection'
    | 'tests'
    | 'reports'
    | 'settings';
  /** What it is told as. */
  titleOf(item: Item): string;
  /** Where its list leads to, when that is not its own plain page. */
  hrefOf?(item: Item): string;
  /** What is asked in forms and shown on its page, in this order. */
  fields: Field[];
  /** What is shown and not asked: the service or an action knows it. */
  told?: Field[];
  /** Names of fields that a part or a figure of its page shows better, or that say nothing of this one. */
  apart?: string[] | ((item: Item) => string[]);
  /** What its fields show, where that is more than the record holds under their names. */
  valuesOf?(item: Item): Record<string, unknown>;
  /** What its form starts with, where people type something else than the record holds. */
  formOf?(item: Item, writing: Writing): Record<string, unknown>;
  /** Names of the fields in the list, after the title. */
  columns: string[];
  /** The JSON shapes. */
  item: z.ZodType<Item>;
  /** What adding takes; null where records come about in another way. */
  input: z.ZodType<New> | null;
  /** What changing takes, when that is not the same. */
  changeInput?: z.ZodType<Change>;
  list(work: Work, client: string): Promise<Item[]>;
  /** Also those that the list leaves out because they are over: for the file of the whole client. */
  listAll?(work: Work, client: string): Promise<Item[]>;
  find(work: Work, id: string): Promise<Item>;
  /** The same, and nobody else changes it until the work has ended. */
  findForChange?(work: Work, id: string): Promise<Item>;
  add?(work: Work, client: string, input: New): Promise<Item>;
  /** Null where a record is never changed. */
  change?(work: Work, id: string, input: Change): Promise<Item>;
  remove?(work: Work, id: string): Promise<unknown>;
  /** The right that adding, changing and removing take. */
  right: Action;
  /** Whether this one can still be changed; all can, unless said. */
  isOpen?(item: Item): boolean;
  actions?: NounAction<Item>[];
  /** What can be done with all of a client's: a button above the list. */
  listActions?: ListAction<Item>[];
  /** Pictures on its page, above the lists. */
  figures?(work: Work, item: Item): Promise<Figure[]>;
  /** Lists of other things on its page. */
  parts?(work: Work, item: Item): Promise<SubList[]>;
  /** What the page of one that the file of a client told shows beside its fields. `parts`: what hung on it, see `tell-records.ts`. */
  asTold?(work: Work, item: Item, parts: Record<string, unknown>): Promise<AsTold>;
  /** Notices on its page, worst first. */
  notices?(work: Work, item: Item): Promise<Notice[]>;
  /** What a form for a new one starts with. */
  start?(work: Work, client: string): Promise<Partial<Item>>;
}

export interface AsTold {
  figures?: Figure[];
  parts?: SubList[];
}

/** Something else that can be done with one: `POST /<path>/:id/<name>`. */
export interface NounAction<Item extends Kept> {
  name: string;
  /** Asked for when it is done; what may be chosen can be of the one it is done with. */
  fields: Field[] | ((item: Item) => Field[]);
  input: z.ZodType;
  right: Action;
  isOffered(item: Item, work: Work): boolean;
  // biome-ignore lint/suspicious/noExplicitAny: the list of actions forgets the shape, each `input` keeps it
  run(work: Work, id: string, input: any): Promise<unknown>;
  /** It cannot be taken back: asked once more. */
  isFinal?: boolean;
  /** What the page is there for: its form stands open. */
  isAwaited?: boolean;
}

/** Something that can be done with the whole list: `POST /clients/:client/<path>/<name>`. */
export interface ListAction<Item extends Kept> {
  name: string;
  right: Action;
  isOffered(items: Item[]): boolean;
  run(work: Work, client: string): Promise<unknown>;
}

/** A small table on a record's page. */
export interface SubList {
  /** Key of its words: `.title`, `.none`, and `.field.<column>`. */
  name: string;
  columns: Field[];
  /** `as`: columns that are of another kind in a row. */
  rows: {
    /** Of the first column. */
    href: string | null;
    /** Of other columns. */
    hrefs?: Record<string, string>;
    values: Record<string, unknown>;
    as?: Record<string, Field>;
  }[];
  /** Address of a page to add to it. */
  addHref?: string | null;
}

/** A picture with its words, said by a partial. */
export interface Figure {
  /** Path of the template, for example `partials/impact-curve`. */
  partial: string;
  data: object;
}

export interface Notice {
  kind: 'warning' | 'danger' | 'plain';
  reason: Reason;
}

/** For the list of nouns, which forgets their shapes. */
// biome-ignore lint/suspicious/noExplicitAny: each noun keeps its own
export type AnyNoun = Noun<any, any, any>;

/** Checks a noun against its own shapes. */
export const noun = <Item extends Kept, New, Change = New>(declared: Noun<Item, New, Change>): AnyNoun =>
  declared;

/** What changing takes; null where records are never changed. */
export const changeInputOf = ({ change, changeInput, input }: AnyNoun): z.ZodType | null =>
  change ? (changeInput ?? input) : null;

/** What an action with this one asks. */
export const actionFields = <Item extends Kept>({ fields }: NounAction<Item>, item: Item): Field[] =>
  typeof fields === 'function' ? fields(item) : fields;

/** Names of the lists of things to choose from that the noun's fields ask for. */
export const choicesOf = (fields: Field[]): ChoiceList[] => [
  ...new Set(
    fields.flatMap((field) =>
      field.kind === 'rows'
        ? choicesOf(field.fields)
        : field.kind === 'reference' || field.kind === 'references'
          ? [field.to]
          : 'suggest' in field
            ? (field.suggest ?? [])
            : [],
    ),
  ),
];

/** What its fields show. */
export const valuesOf = (noun: AnyNoun, item: Kept): Record<string, unknown> => ({
  ...item,
  ...noun.valuesOf?.(item),
});

/** What its page tells: neither what the heading says already, nor reasons and causes that it has none of. */
export function factsOf(noun: AnyNoun, item: Kept): Field[] {
  const values = valuesOf(noun, item);
  const title = noun.titleOf(item);
  const apart = typeof noun.apart === 'function' ? noun.apart(item) : (noun.apart ?? []);
  return shownOf(noun).filter(
    (field) =>
      !apart.includes(field.name) &&
      values[field.name] !== title &&
      !(noun.told?.includes(field) && ['text', 'reference'].includes(field.kind) && !values[field.name]),
  );
}

export const shownOf = ({ fields, told = [] }: AnyNoun): Field[] => [...fields, ...told];
