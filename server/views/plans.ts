/** What the pages show on which plans are written. */
import type { Client } from '#/plans/clients.ts';
import type { SectionKind } from '#/plans/facts.ts';
import type { Input } from '../records/inputs.ts';
import type { Form } from '../views.ts';

/** `plans/new-version`. The form posts to /plans/:plan/versions. */
export interface NewVersionView {
  client: Client;
  plan: { id: string; title: string };
  inputs: Input[];
  form: Form;
}

/** `plans/section`. The form posts to its own address; with `preview` nothing is kept. */
export interface SectionView {
  client: Client;
  version: { id: string; title: string; number: number; isOpen: boolean };
  kind: SectionKind;
  inputs: Input[];
  /** Of the text that was started from. */
  edition: string;
  /** What somebody else wrote meanwhile, as text and as HTML that is safe to show. */
  current: { body: string; html: string } | null;
  /** What was typed, as HTML that is safe to show. */
  preview: string | null;
  form: Form;
}
