/** Files as people send them, and forms that carry one. */
import ExcelJS from 'exceljs';
import { makeArchive } from '#/server/exchange/zip.ts';
import { type Answer, PASSWORD, type TestService } from '../support/service.ts';

type Rows = (string | number | boolean | Date | object | null)[][];

/** A workbook as exceljs writes it: shared strings, dates, formulas, merged cells. */
export async function workbookOf(
  sheets: Record<string, Rows>,
  change: (workbook: ExcelJS.Workbook) => void = () => undefined,
): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(sheets)) workbook.addWorksheet(name).addRows(rows);
  change(workbook);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The sheets of a workbook as exceljs reads them: the text of each cell. */
export async function textsIn(file: Buffer): Promise<Record<string, string[][]>> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(file as never);
  return Object.fromEntries(
    workbook.worksheets.map((sheet) => [
      sheet.name,
      Array.from({ length: sheet.rowCount }, (_, row) =>
        Array.from(
          { length: sheet.columnCount },
          (_, column) => sheet.getRow(row + 1).getCell(column + 1).text,
        ),
      ),
    ]),
  );
}

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook by hand, with one sheet. Texts stand in the cells themselves, unless `strings` has shared ones. */
export const handMade = (name: string, sheet: string, strings: string | null = null): Buffer =>
  makeArchive([
    [
      '_rels/.rels',
      `<Relationships xmlns="${PACKAGE}"><Relationship Id="a" Type="${OFFICE}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<x:workbook xmlns:x="m" xmlns:r="${OFFICE}"><x:sheets><x:sheet name="${name}" sheetId="1" r:id="one"/></x:sheets></x:workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${PACKAGE}"><Relationship Id="one" Type="${OFFICE}/worksheet" Target="worksheets/s.xml"/><Relationship Id="two" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    ],
    ['xl/worksheets/s.xml', sheet],
    ...(strings === null ? [] : [['xl/sharedStrings.xml', strings] as [string, string]]),
  ]);

/** Sends a file by the JSON interface. */
export async function send(
  test: TestService,
  file: Buffer | string,
  {
    name = 'file.xlsx',
    token = test.acme.tokens.consultant,
    client = test.acme.client,
    language = 'fr',
  } = {},
): Promise<Answer> {
  const answer = await fetch(
    `${test.url}/api/v1/clients/${client}/uploads?name=${encodeURIComponent(name)}`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'accept-language': language,
      },
      body: typeof file === 'string' ? file : new Uint8Array(file),
    },
  );
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Sends a file by the form of the page, as a browser does. */
export async function sendForm(
  test: TestService,
  email: string,
  path: string,
  name: string,
  file: Buffer,
  fields: Record<string, string> = {},
) {
  const headers = { origin: test.url, 'accept-language': 'fr' };
  const signedIn = await fetch(`${test.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams({ email, password: PASSWORD, next: '/' }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const form = new FormData();
  form.append('file', new File([new Uint8Array(file)], name));
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  return fetch(test.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...headers, cookie },
    body: form,
  });
}
