/** What every report says of itself, whatever it is about. */
export const LOCALES = ['fr', 'en', 'nl'] as const;
export type Locale = (typeof LOCALES)[number];

/** What every document says of itself. */
export interface SnapshotHead {
  format: 'reprise-report/1';
  locale: Locale;
  /** Printed on every page and in the QR code, for example `RPR-2026-7F3A9C21`. */
  reference: string;
  madeAt: string;
  provider: { id: string; name: string };
  preparedBy: string;
  /** Of the product, of the engine that made the points, of the document's template, and of what else it computes by. */
  versions: Record<string, string> & { product: string; engine: string; template: string };
}

/** Of a document about one client. */
export interface ClientHead extends SnapshotHead {
  client: ClientShown;
}

export interface ClientShown {
  id: string;
  name: string;
  sector: string | null;
  country: string;
  timeZone: string;
}

export interface Period {
  from: string;
  to: string;
}
