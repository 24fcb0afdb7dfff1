import type { ReachTimes } from '#/plans/call-tree-times.ts';
import type { Contact } from '#/plans/contacts.ts';

/** Somebody who is tried, with what reaches them in the order in which to try. */
export interface CalledPerson {
  id: string;
  who: string;
  /** 0 is tried first. */
  rank: number;
  isGone: boolean;
  points: {
    kind: Contact['points'][number]['kind'];
    value: string;
    isOutOfBand: boolean;
    /** Null for what no phone can call by itself. */
    href: string | null;
  }[];
}

/** `partials/call-tree`. In the order in which it is read. */
export interface CallTreeView {
  /** How long a call is taken to last that is answered. */
  callSeconds: number;
  versionHref: string;
  calls: {
    key: string;
    title: string;
    order: number;
    depth: number;
    /** Called only in place of somebody. */
    isStandIn: boolean;
    isRole: boolean;
    /** Null: whoever raises the alarm. */
    caller: { key: string; name: string } | null;
    instead: { key: string; name: string } | null;
    timeoutSeconds: number;
    remark: string | null;
    reached: ReachTimes | null;
    people: CalledPerson[];
    hasDeputies: boolean;
  }[];
}
