/** What every report says of itself, whatever it is about. */
import type { BrandShown } from '../brands/brand.ts';
import type { ClashingTerm } from '../clients.ts';

export const LOCALES = ['fr', 'en', 'nl'] as const;
export type Locale = (typeof LOCALES)[number];

/** How much of the fingerprint of its data a document prints beside its code. */
export const PRINTED_DIGITS = 16;

/** What every document says of itself. */
export interface SnapshotHead {
  format: 'reprise-report/1';
  locale: Locale;
  /** Printed on every page and in the QR code, for example `RPR-2026-7F3A9C21`. */
  reference: string;
  madeAt: string;
  provider: { id: string; name: string };
  preparedBy: string;
  /** The page on which anyone verifies the file; older snapshots have none, nor have those of a service without an address. */
  verifyAt?: string | null;
  /** How the provider shows itself; older snapshots have none. */
  brand?: BrandShown | null;
  /** Of the product, of the engine that made the points, of the document's template, and of what else it computes by. */
  versions: Record<string, string> & { product: string; engine: string; template: string };
}

/** Of a document about one client. */
export interface ClientHead extends SnapshotHead {
  client: ClientShown;
  /** The client’s own words for terms whose usage clashes; older snapshots have none. */
  ownWords?: Partial<Record<ClashingTerm, string>>;
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
