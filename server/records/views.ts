/** What the plain pages of a noun show. */
import type { Client } from '#/plans/clients.ts';
import type { Form, Part } from '../views.ts';
import type { Cell } from './cells.ts';
import type { Input } from './inputs.ts';
import type { AnyNoun, Figure, Notice } from './noun.ts';

interface OfNoun {
  client: Client;
  noun: string;
  tab: AnyNoun['tab'];
  /** Address of the list. */
  listHref: string;
}

export interface ToldRow {
  href: string;
  title: string;
  cells: Cell[];
}

/** A told record that speaks of another; `words` is the key of what one such is called. */
export interface ToldLink {
  href: string;
  title: string;
  words: string;
}

/** `records/list` */
export interface RecordListView extends OfNoun {
  search: string;
  columns: string[];
  records: Part<{ href: string; title: string; cells: Cell[] }>;
  /** What the file of the client told, lived elsewhere. */
  told: Part<ToldRow>;
  /** Null for who may not, and for what is not added by hand. */
  addHref: string | null;
  actions: { name: string; href: string }[];
}

/** `records/show` */
export interface RecordView extends OfNoun {
  title: string;
  isSaved: boolean;
  notices: Notice[];
  facts: Cell[];
  version: string;
  /** Null when it cannot be changed, or not by this reader. */
  editHref: string | null;
  removeHref: string | null;
  actions: {
    name: string;
    href: string;
    isFinal: boolean;
    inputs: Input[];
    form: Form;
    /** It was refused and is shown again. */
    isOpen: boolean;
  }[];
  figures: Figure[];
  parts: {
    name: string;
    columns: string[];
    rows: { href: string | null; cells: Cell[] }[];
    addHref: string | null;
  }[];
  /** Told records that speak of this one. */
  told: ToldLink[];
}

/** `records/edit`. The form posts back to this address. */
export interface RecordFormView extends OfNoun {
  /** Null for a new one. */
  title: string | null;
  action: string;
  version: string | null;
  inputs: Input[];
  /** When somebody else changed it meanwhile: both texts of each field. */
  differences: { label: string; recorded: string; typed: string }[];
  backHref: string;
  form: Form;
}
