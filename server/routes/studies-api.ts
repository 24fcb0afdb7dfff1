import { z } from 'zod';
import { changesSince, compareStudy, findStudy, readStudyText } from '#/plans/bia-studies.ts';
import { StudyDifference } from '#/plans/study-comparison.ts';
import { api } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';

/** What a study froze, and what is different elsewhere. */
export const studiesApi = [
  api({
    method: 'get',
    path: '/studies/:id/content',
    summary: 'What a study froze: scales and analyses',
    params: One,
    output: z.object({
      content: z.string().describe('Canonical JSON; its SHA-256 is `sha256`'),
      sha256: z.string(),
    }),
    run: ({ work, params: { id } }) => readStudyText(work, id),
  }),
  api({
    method: 'get',
    path: '/studies/:id/comparison',
    summary: 'What changed from another study to this one, activity by activity',
    params: One,
    query: z.object({ against: z.uuid().optional().describe('Left out: the last one approved before it') }),
    output: z.object({
      against: z.object({ id: z.uuid(), number: z.int() }).nullable(),
      differences: z.array(StudyDifference),
    }),
    run: ({ work, params: { id }, query: { against } }) => compareStudy(work, id, against ?? null),
  }),
  api({
    method: 'get',
    path: '/studies/:id/changes-since',
    summary: 'What changed in the analyses since a study was handed in',
    params: One,
    output: listOf(StudyDifference),
    run: async ({ work, params: { id } }) => whole(await changesSince(work, await findStudy(work, id))),
  }),
];
