/** What a client has, as files to take away. */
import { findClient } from '#/plans/clients.ts';
import { readKnown } from '#/plans/exchange/read-known.ts';
import type { SheetName } from '#/plans/exchange/sheets.ts';
import { writeTable, writeTables } from '#/plans/exchange/write-tables.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import type { PageAnswer } from '../http/route.ts';
import { writeClientFile } from './client-file.ts';
import { type CsvStyle, writeCsv } from './write-csv.ts';
import { writeWorkbook } from './write-workbook.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export async function handOutWorkbook(work: Work, id: string, locale: Locale): Promise<PageAnswer> {
  const client = await findClient(work, id);
  const tables = writeTables(await readKnown(work, id), locale);
  return {
    download: {
      name: `${client.name}.xlsx`,
      type: XLSX,
      read: async () => writeWorkbook(tables, locale),
    },
  };
}

export async function handOutCsv(
  work: Work,
  id: string,
  { sheet, locale, style }: { sheet: SheetName; locale: Locale; style: CsvStyle },
): Promise<PageAnswer> {
  const table = writeTable(sheet, await readKnown(work, id), locale);
  return {
    download: {
      name: `${table.name}.csv`,
      type: 'text/csv; charset=utf-8',
      read: async () => writeCsv(table, style),
    },
  };
}

export async function handOutClient(work: Work, id: string): Promise<PageAnswer> {
  const { name, text } = await writeClientFile(work, id);
  return { download: { name, type: 'application/json', read: async () => Buffer.from(text) } };
}
