import { z } from 'zod';
import { Client, findClient } from '#/plans/clients.ts';
import { WHATS } from '#/plans/exchange/drafted.ts';
import { LEFT_REASONS } from '#/plans/exchange/left.ts';
import { SHEETS } from '#/plans/exchange/sheets.ts';
import {
  findUpload,
  keepUpload,
  refreshUpload,
  SENT_KINDS,
  TakingOver,
  takeUpload,
  type Upload,
} from '#/plans/exchange/uploads.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { Line } from '#/plans/text.ts';
import { readClientFile } from '../exchange/client-file.ts';
import { readFile } from '../exchange/read-file.ts';
import { sayProblem } from '../exchange/say-upload.ts';
import { clientOutlook, takeClient } from '../exchange/take-client.ts';
import { SentFile } from '../http/files.ts';
import { api, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, One } from '../http/shapes.ts';
import { makeClientKeys } from '../keys.ts';

const Value = z.unknown().describe('As the record has it; of references the name');

const ToldUpload = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    kind: z.enum(SENT_KINDS),
    sha256: z.string().describe('Of the file'),
    sentBy: z.string(),
    sentAt: z.iso.datetime(),
    takenAt: z.iso.datetime().nullable(),
    version: z.string().describe('Of what it would do: whoever takes it over names it'),
    counts: z.record(z.enum(SHEETS), z.record(z.enum(WHATS), z.int())),
    rows: z
      .array(
        z.object({
          sheet: z.enum(SHEETS),
          where: z.string().describe('For example `Assets!4`'),
          what: z.enum(WHATS),
          name: z.string(),
          differences: z.array(z.object({ column: z.string(), before: Value, after: Value })),
        }),
      )
      .describe('Rows that change nothing are counted and not told'),
    problems: z.array(z.object({ where: z.string(), key: z.string(), detail: z.string() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Upload' });

const As = z.object({ as: Line(200).optional().describe('Its name here; as in the file when absent') });

const Counts = z.record(z.string(), z.int());

const Outlook = z
  .object({
    taken: Counts.describe('What goes on here, by noun; `evidence`: as declarations'),
    told: Counts.describe('What is kept as told, by noun: lived elsewhere, and counted for nothing here'),
    left: z
      .array(
        z.object({
          what: z.string(),
          count: z.int(),
          reason: z.enum(LEFT_REASONS),
          names: z.array(z.string()).describe('What they are called, the first few'),
        }),
      )
      .describe('What stays in the file, and why'),
  })
  .meta({ id: 'ClientOutlook' });

/** Files that come in: sent, looked at, and taken over. */
export function exchangeApi({ templates: { say } }: Pick<Services, 'templates'>): Route[] {
  const told = (upload: Upload, locale: Locale): z.input<typeof ToldUpload> => {
    const { outlook, ...rest } = upload;
    return {
      ...rest,
      version: outlook.version,
      counts: outlook.counts,
      rows: outlook.rows,
      problems: outlook.problems.map((problem) => sayProblem(problem, locale, say)),
      notes: outlook.notes.map(({ key, params }) => say(locale, key, params)),
    };
  };
  return [
    api({
      method: 'post',
      path: '/clients/:client/uploads',
      summary: 'Send a workbook, a CSV file or an export, and be told what it would do',
      params: OfClient,
      query: z.object({ name: z.string().max(300).optional().describe('Of the file') }),
      body: SentFile,
      takesFile: true,
      output: ToldUpload,
      status: 201,
      run: async ({ work, locale, params: { client }, body: { name, bytes } }) =>
        told(await keepUpload(work, client, () => readFile(name, bytes)), locale),
    }),
    api({
      method: 'post',
      path: '/client-imports',
      summary: 'Take a client over from the file of another service, as a new client',
      query: As,
      body: SentFile,
      takesFile: true,
      output: Client.extend({
        recoveryIdentity: z
          .string()
          .describe('age identity for the client to keep; told this once and stored nowhere'),
        ...Outlook.shape,
      }),
      status: 201,
      run: async ({ work, query, body: { bytes } }) => {
        const file = readClientFile(work, bytes);
        const { id, ...outlook } = await takeClient(work, { ...file, name: query.as ?? null });
        const { recoveryIdentity } = await makeClientKeys(work, id);
        return { ...(await findClient(work, id)), recoveryIdentity, ...outlook };
      },
    }),
    api({
      method: 'post',
      path: '/client-imports/outlook',
      summary: 'What taking a client over from its file would do, without doing it',
      query: As,
      body: SentFile,
      takesFile: true,
      output: Outlook,
      run: ({ work, query, body: { bytes } }) =>
        clientOutlook(work, { ...readClientFile(work, bytes), name: query.as ?? null }),
    }),
    api({
      method: 'get',
      path: '/uploads/:id',
      summary: 'What a file would do; kept for an hour',
      params: One,
      output: ToldUpload,
      run: async ({ work, locale, params: { id } }) => told(await findUpload(work, id), locale),
    }),
    api({
      method: 'post',
      path: '/uploads/:id/outlook',
      summary: 'Look at a file again, as the client is now',
      params: One,
      output: ToldUpload,
      run: async ({ work, locale, params: { id } }) => told(await refreshUpload(work, id), locale),
    }),
    api({
      method: 'post',
      path: '/uploads/:id/taking-over',
      summary: 'Do what the file says: all of it or nothing',
      params: One,
      body: TakingOver,
      output: ToldUpload,
      run: async ({ work, locale, params: { id }, body }) => told(await takeUpload(work, id, body), locale),
    }),
  ];
}
