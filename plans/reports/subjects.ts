/** The records that reports can be about, newest first. */
import type { Work } from '../work.ts';
import { exerciseSubjects } from './exercise/subjects.ts';
import { incidentSubjects } from './incident/subjects.ts';
import type { Subject } from './order.ts';
import { planSubjects } from './plan/subjects.ts';
import { restoreTestSubjects } from './restore-test/subjects.ts';
import type { ReportKind } from './snapshot.ts';

/** Those of a client, or the one with this id. At most a hundred: whoever wants an older one starts on its own page. */
export type ListSubjects = (work: Work, client: string, only: string | null) => Promise<Subject[]>;

const SUBJECTS: Partial<Record<ReportKind, ListSubjects>> = {
  plan: planSubjects,
  'restore-test': restoreTestSubjects,
  incident: incidentSubjects,
  exercise: exerciseSubjects,
};

export const hasSubject = (kind: ReportKind): boolean => SUBJECTS[kind] !== undefined;

export const listSubjects = (
  work: Work,
  client: string,
  kind: ReportKind,
  only: string | null = null,
): Promise<Subject[]> => SUBJECTS[kind]?.(work, client, only) ?? Promise.resolve([]);
