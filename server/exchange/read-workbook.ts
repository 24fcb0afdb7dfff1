/** A workbook (.xlsx) as tables: the sheets people see, with what stands in their cells. */
import { posix } from 'node:path';
import { Refusal } from '#/plans/errors.ts';
import type { Table } from '#/plans/exchange/cell.ts';
import { readSheet, unescapeText } from './read-sheet.ts';
import { readStyles } from './workbook-styles.ts';
import { readXml } from './xml.ts';
import { type Archive, openArchive } from './zip.ts';

const MOST_SHEETS = 30;

export function readWorkbook(file: Buffer): Table[] {
  const archive = openArchive(file);
  const path = workbookPath(archive);
  const { sheets, isFrom1904 } = readContents(archive.read(path)!);
  const parts = relationsOf(archive, path);
  const partOf = (type: string) => {
    const part = [...parts.values()].find((one) => one.type.endsWith(`/${type}`));
    return part ? archive.read(part.target) : null;
  };
  const around = {
    strings: readStrings(partOf('sharedStrings')),
    formats: readStyles(partOf('styles')),
    isFrom1904,
  };
  return sheets.slice(0, MOST_SHEETS).flatMap(({ name, id }) => {
    const part = parts.get(id);
    // A chart on a sheet of its own is none.
    const content = part?.type.endsWith('/worksheet') ? archive.read(part.target) : null;
    return content ? [readSheet(name, content, around)] : [];
  });
}

function workbookPath(archive: Archive): string {
  const [main] = [...relationsOf(archive, '').values()].filter(({ type }) =>
    type.endsWith('/officeDocument'),
  );
  if (main?.target.endsWith('.bin')) throw new Refusal('invalid', 'exchange.binary-workbook');
  if (!main || !archive.names.includes(main.target)) throw new Refusal('invalid', 'exchange.no-workbook');
  return main.target;
}

/** What a part points to, by id; the archive itself is ''. */
function relationsOf(archive: Archive, path: string): Map<string, { type: string; target: string }> {
  const folder = posix.dirname(path);
  const content = archive.read(posix.join(folder, '_rels', `${posix.basename(path)}.rels`));
  const relations = new Map<string, { type: string; target: string }>();
  if (content)
    readXml(content, {
      open(name, attribute) {
        if (name !== 'Relationship' || attribute('TargetMode') === 'External') return;
        const target = attribute('Target') ?? '';
        relations.set(attribute('Id') ?? '', {
          type: attribute('Type') ?? '',
          target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
        });
      },
    });
  return relations;
}

function readContents(workbook: Buffer) {
  const sheets: { name: string; id: string }[] = [];
  let isFrom1904 = false;
  readXml(workbook, {
    open(name, attribute) {
      if (name === 'workbookPr') isFrom1904 = /^(1|true)$/.test(attribute('date1904') ?? '');
      if (name === 'sheet') sheets.push({ name: attribute('name') ?? '', id: attribute('r:id') ?? '' });
    },
  });
  return { sheets, isFrom1904 };
}

/** Texts that cells share. What is said beside a text for its pronunciation is not part of it. */
function readStrings(content: Buffer | null): string[] {
  const strings: string[] = [];
  if (!content) return strings;
  let own = '';
  let isInText = false;
  let isPhonetic = false;
  readXml(content, {
    open(name) {
      if (name === 'si') own = '';
      if (name === 'rPh') isPhonetic = true;
      if (name === 't') isInText = !isPhonetic;
    },
    text(text) {
      if (isInText) own += text;
    },
    close(name) {
      if (name === 't') isInText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si') strings.push(unescapeText(own));
    },
  });
  return strings;
}
