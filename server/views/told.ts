import type { Client } from '#/plans/clients.ts';
import type { Taking, ToldHead } from '#/plans/told-records.ts';
import type { RecordView, ToldLink } from '../records/views.ts';

/** `told/list`: what the file of a client told, by kind. */
export interface ToldListView {
  client: Client;
  /** Null for a client that did not come from a file. */
  taking: Taking | null;
  /** `words`: key of what they are called. */
  kinds: { words: string; href: string; count: number }[];
}

/** `told/show`: one thing that it told. */
export interface ToldView
  extends Pick<RecordView, 'client' | 'noun' | 'tab' | 'listHref' | 'title' | 'facts' | 'figures' | 'parts'> {
  record: ToldHead;
  /** Who took it over here, when, and from which file. */
  last: ToldHead['told'][number];
  /** Other told ones that speak of it. */
  links: ToldLink[];
}
