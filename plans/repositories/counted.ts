/** Which snapshots of a repository are those of its asset. Where several backups share one, nobody may guess. */
import { type RawBuilder, sql } from 'kysely';

interface Chosen {
  tool: string;
  host: string | null;
  series: string | null;
}

interface Listed {
  name: string;
  host: string | null;
  paths: string[];
  series: string;
}

/** Whether a snapshot is among those that somebody said are the asset's; all are, until somebody says which. */
export const isChosen = ({ tool, host, series }: Chosen, one: Listed): boolean =>
  (host === null || one.host === host) &&
  (series === null || tool === 'pgbackrest' || isOfSeries(tool, series, one));

const isOfSeries = (tool: string, series: string, { name, paths }: Listed): boolean =>
  tool === 'restic' ? paths.includes(series) : name.startsWith(series);

/** How many backups lie in what was chosen: of two machines, or of two sets of folders, one may be late and the other not. */
export const backupsAmong = ({ host, series }: Chosen, chosen: Listed[]): number =>
  new Set(chosen.map((one) => JSON.stringify([host === null && one.host, series === null && one.series])))
    .size;

/** The same of rows: a snapshot `one` of a `repository`. */
export const IS_CHOSEN = sql<boolean>`(repository.host is null or one.host = repository.host)
  and (repository.series is null or case repository.tool
    when 'restic' then one.paths @> to_jsonb(repository.series)
    when 'borg' then starts_with(one.name, repository.series)
    else true end)`;

export const BACKUPS_AMONG: RawBuilder<number> = sql<number>`(
  select count(distinct (case when repository.host is null then one.host end,
    case when repository.series is null then one.series end))::int
  from repository_snapshots as one
  where one.client_id = repository.client_id and one.repository_id = repository.id and one.gone_at is null and ${IS_CHOSEN})`;
