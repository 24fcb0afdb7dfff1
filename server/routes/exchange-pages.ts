import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { SHEETS } from '#/plans/exchange/sheets.ts';
import { findUpload, keepUpload, refreshUpload, TakingOver, takeUpload } from '#/plans/exchange/uploads.ts';
import { sheetWord } from '#/plans/exchange/words.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { OptionalLine } from '#/plans/text.ts';
import { findTaking } from '#/plans/told-records.ts';
import type { Work } from '#/plans/work.ts';
import { readClientFile } from '../exchange/client-file.ts';
import { handOutClient, handOutCsv, handOutWorkbook } from '../exchange/hand-out.ts';
import { readFile } from '../exchange/read-file.ts';
import { sayChange, sayProblem } from '../exchange/say-upload.ts';
import { clientOutlook, type TakenClient, takeClient } from '../exchange/take-client.ts';
import { MOST_FILE_BYTES, SentFile } from '../http/files.ts';
import { page, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, One } from '../http/shapes.ts';
import { sheetOf } from '../key-sheet.ts';
import { makeClientKeys } from '../keys.ts';
import { nouns } from '../records/nouns/index.ts';
import type { CameWith } from '../views/came-with.ts';
import type { ExchangeView, NewClientView, UploadView } from '../views/exchange.ts';
import { type Form, form } from '../views.ts';
import { PageNumber, partOf } from './parts.ts';
import { manyOf } from './told.ts';

const Language = z.enum(LOCALES).optional();
const Parts = z.object({ changes: PageNumber, problems: PageNumber });
const FIRST = { changes: 1, problems: 1 };

/** In and out: files to take away, a file to send, and what it would do. */
export const exchangePages = ({ templates: { say } }: Pick<Services, 'templates'>): Route[] => {
  const upload = async (
    { work, locale, id }: { work: Work; locale: Locale; id: string },
    asked: z.infer<typeof Parts>,
    shown: Form,
  ): Promise<UploadView> => {
    const { outlook, ...rest } = await findUpload(work, id);
    const { counts, problems, rows, notes, version } = outlook;
    const address = (part: object) => `?${new URLSearchParams({ ...asked, ...part } as never)}`;
    return {
      client: await findClient(work, rest.client),
      upload: rest,
      version,
      counts: SHEETS.filter((sheet) => Object.values(counts[sheet]).some(Boolean)).map((sheet) => ({
        sheet,
        name: sheetWord(sheet, locale),
        ...counts[sheet],
      })),
      isIdle: rows.length === 0,
      problems: partOf(
        problems.map((problem) => sayProblem(problem, locale, say)),
        asked.problems,
        (number) => address({ problems: number }),
      ),
      changes: partOf(
        rows.map((row) => sayChange(row, locale)),
        asked.changes,
        (number) => address({ changes: number }),
      ),
      notes: notes.map(({ key, params }) => say(locale, key, params)),
      mayTake: may(work, 'inventory.change') && rest.takenAt === null && problems.length === 0,
      form: shown,
    };
  };
  return [
    page({
      method: 'get',
      path: '/clients/:client/exchange',
      summary: 'Files in and out',
      params: OfClient,
      run: async ({ work, locale, params: { client } }) => ({
        show: 'exchange/overview',
        data: await overview(work, client, locale, form()),
      }),
    }),
    page({
      method: 'post',
      path: '/clients/:client/exchange',
      summary: 'Send a file, to be told what it would do',
      params: OfClient,
      body: SentFile,
      takesFile: true,
      run: async ({ work, params: { client }, body: { name, bytes } }) => {
        const { id } = await keepUpload(work, client, () => readFile(name, bytes));
        return { goTo: `/uploads/${id}` };
      },
      again: async ({ work, locale, params: { client }, problem }) => ({
        show: 'exchange/overview',
        data: await overview(work, client, locale, form({}, { ...problem, errors: [] })),
      }),
    }),
    page({
      method: 'get',
      path: '/client-imports',
      summary: 'Take a client over from a file',
      run: async ({ work }) => ({ show: 'exchange/new-client', data: newClient(work, form()) }),
    }),
    page({
      method: 'post',
      path: '/client-imports',
      summary: 'Take a client over from a file',
      body: SentFile,
      takesFile: true,
      run: async ({ work, body }) => {
        const { id, ...came } = await takeClient(work, asked(work, body));
        const { recoveryIdentity, recoveryRecipient } = await makeClientKeys(work, id);
        const made = {
          client: await findClient(work, id),
          identity: recoveryIdentity,
          recipient: recoveryRecipient,
          replaces: null,
          cameWith: cameWith(came),
        };
        return { show: 'clients/created', data: await sheetOf(work, made) };
      },
      again: async ({ work, problem }) => ({
        show: 'exchange/new-client',
        data: newClient(work, form({}, { ...problem, errors: [] })),
      }),
    }),
    page({
      method: 'post',
      path: '/client-imports/outlook',
      summary: 'What taking a client over from a file would do',
      body: SentFile,
      takesFile: true,
      run: async ({ work, body }) => {
        const file = asked(work, body);
        const outlook = cameWith(await clientOutlook(work, file));
        return {
          show: 'exchange/new-client',
          data: newClient(work, form(body.fields), {
            name: file.name ?? file.content.client.name,
            ...outlook,
          }),
        };
      },
      again: async ({ work, problem }) => ({
        show: 'exchange/new-client',
        data: newClient(work, form({}, { ...problem, errors: [] })),
      }),
    }),
    page({
      method: 'get',
      path: '/uploads/:id',
      summary: 'What a file would do',
      params: One,
      query: Parts,
      run: async ({ work, locale, params: { id }, query }) => ({
        show: 'exchange/upload',
        data: await upload({ work, locale, id }, query, form()),
      }),
    }),
    page({
      method: 'post',
      path: '/uploads/:id/outlook',
      summary: 'Look at a file again, as the client is now',
      params: One,
      run: async ({ work, params: { id } }) => {
        await refreshUpload(work, id);
        return { goTo: `/uploads/${id}` };
      },
    }),
    page({
      method: 'post',
      path: '/uploads/:id/taking-over',
      summary: 'Do what the file says',
      params: One,
      body: TakingOver,
      run: async ({ work, params: { id }, body }) => {
        await takeUpload(work, id, body);
        return { goTo: `/uploads/${id}` };
      },
      again: async ({ work, locale, params: { id }, typed, problem }) => ({
        show: 'exchange/upload',
        data: await upload({ work, locale, id }, FIRST, form(typed, problem)),
      }),
    }),
    ...['', '/api/v1'].flatMap((root) => [
      page({
        method: 'get',
        path: `${root}/clients/:client/workbook`,
        summary: 'A client as a workbook',
        params: OfClient,
        query: z.object({ language: Language }),
        run: ({ work, locale, params: { client }, query: { language } }) =>
          handOutWorkbook(work, client, language ?? locale),
      }),
      page({
        method: 'get',
        path: `${root}/clients/:client/file`,
        summary: 'All that is on record of a client, as one file',
        params: OfClient,
        run: ({ work, params: { client } }) => handOutClient(work, client),
      }),
      page({
        method: 'get',
        path: `${root}/clients/:client/tables/:sheet`,
        summary: 'A sheet of a client as CSV',
        params: OfClient.extend({ sheet: z.enum(SHEETS) }),
        query: z.object({
          language: Language,
          separator: z.enum([';', ',']).optional(),
          mark: z.enum(['yes', 'no']).default('yes'),
        }),
        run: ({ work, locale, params: { client, sheet }, query: { language = locale, separator, mark } }) =>
          handOutCsv(work, client, {
            sheet,
            locale: language,
            style: { separator: separator ?? (language === 'en' ? ',' : ';'), hasMark: mark === 'yes' },
          }),
      }),
    ]),
  ];
};

async function overview(work: Work, id: string, locale: Locale, shown: Form): Promise<ExchangeView> {
  const client = await findClient(work, id);
  return {
    client,
    languages: LOCALES.map((language) => ({
      locale: language,
      href: `/clients/${id}/workbook?language=${language}`,
    })),
    sheets: SHEETS.map((sheet) => ({
      name: sheetWord(sheet, locale),
      href: `/clients/${id}/tables/${sheet}`,
    })),
    mayTake: may(work, 'inventory.change'),
    cameFromFile: (await findTaking(work, id)) !== null,
    mayTakeAll: may(work, 'audit.read'),
    mostBytes: MOST_FILE_BYTES,
    form: shown,
  };
}

const newClient = (work: Work, shown: Form, outlook: NewClientView['outlook'] = null): NewClientView => ({
  mayAdd: may(work, 'client.change') && work.clients === 'all',
  mostBytes: MOST_FILE_BYTES,
  outlook,
  form: shown,
});

const asked = (work: Work, { bytes, fields }: SentFile) => ({
  ...readClientFile(work, bytes),
  name: OptionalLine(200).parse(fields.name ?? null),
});

const WORDS = new Map([
  ...nouns.map(({ path, name }) => [path, manyOf(name)] as const),
  ['evidence', 'exchange.evidence'],
]);

const wordsOf = (what: string) =>
  WORDS.get(what) ?? (what.startsWith('exchange.') ? what : 'exchange.rows.unknown');

const cameWith = ({ taken, told, left }: Omit<TakenClient, 'id'>): CameWith => ({
  came: [...WORDS]
    .map(([what, words]) => ({ words, taken: taken[what] ?? 0, told: told[what] ?? 0 }))
    .filter((row) => row.taken + row.told > 0),
  left: left.map(({ what, count, reason, names }) => ({ words: wordsOf(what), count, reason, names })),
});
