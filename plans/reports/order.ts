/** What is asked for when a report is, and what its builder gives back. */
import type { ClientFacts } from '../facts.ts';
import type { Locale, SnapshotHead } from './head.ts';
import type { ReportKind, ReportSnapshot } from './snapshot.ts';

export interface ClientOrder {
  facts: ClientFacts;
  locale: Locale;
  /** The record that the document is about; empty where the kind has none. */
  subject: string;
}

/** What a builder adds to the head; `versions` are those of what it computed by. */
export type Built<Kind extends ReportKind> = Omit<
  Extract<ReportSnapshot, { kind: Kind }>,
  keyof SnapshotHead
> & {
  versions: Record<string, string>;
};

/** A record that a report can be about. */
export interface Subject {
  id: string;
  name: string;
  /** When it was, where several have one name. */
  at: string | null;
}
