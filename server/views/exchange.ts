import type { Client } from '#/plans/clients.ts';
import type { What } from '#/plans/exchange/drafted.ts';
import type { SheetName } from '#/plans/exchange/sheets.ts';
import type { Upload } from '#/plans/exchange/uploads.ts';
import type { ToldChange, ToldProblem } from '../exchange/say-upload.ts';
import type { Form, Part } from '../views.ts';
import type { CameWith } from './came-with.ts';

/** `exchange/overview`. Its form sends a file to /clients/:client/exchange. */
export interface ExchangeView {
  client: Client;
  languages: { locale: string; href: string }[];
  sheets: { name: string; href: string }[];
  mayTake: boolean;
  /** It was taken over from the file of another service. */
  cameFromFile: boolean;
  /** The file of the whole client, with its trail. */
  mayTakeAll: boolean;
  mostBytes: number;
  form: Form;
}

/** `exchange/upload`: what a file would do, or did. */
export interface UploadView {
  client: Client;
  upload: Omit<Upload, 'outlook'>;
  version: string;
  counts: (Record<What, number> & { sheet: SheetName; name: string })[];
  /** Nothing would be done. */
  isIdle: boolean;
  problems: Part<ToldProblem>;
  changes: Part<ToldChange>;
  notes: string[];
  mayTake: boolean;
  form: Form;
}

/** `exchange/new-client`. Its form sends a client's file to /client-imports, or to /client-imports/outlook. */
export interface NewClientView {
  mayAdd: boolean;
  mostBytes: number;
  /** What the file would do that was sent to be looked at; nothing of it is done. */
  outlook: (CameWith & { name: string }) | null;
  form: Form;
}
