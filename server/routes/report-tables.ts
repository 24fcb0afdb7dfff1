import { openReportTables } from '#/plans/reports/tables.ts';
import { page, type Route } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { Templates } from '../templates.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The tables of a report as a workbook. */
export function reportTables(): Route[] {
  let templates: Promise<Templates> | undefined;
  return ['/reports/:id/tables.xlsx', '/api/v1/reports/:id/tables.xlsx'].map((path) =>
    page({
      method: 'get',
      path,
      summary: 'The tables of a report as a workbook, a sheet for each',
      params: One,
      run: async ({ work, params: { id } }) => {
        const { name, snapshot, sha256 } = await openReportTables(work, id);
        const read = async () => {
          const { markedTemplates, reportWorkbook } = await import('../pdf/tables/report-workbook.ts');
          templates ??= Promise.resolve(markedTemplates());
          return reportWorkbook(snapshot, sha256, await templates);
        };
        return { download: { name, type: XLSX, read } };
      },
    }),
  );
}
