import { openBorg } from './borg.ts';
import { viewBorg } from './borg-view.ts';
import type { DamageView, ViewRequest } from './damage.ts';
import { openPgbackrest } from './pgbackrest.ts';
import { viewPgbackrest } from './pgbackrest-view.ts';
import type { OpenRequest, Repository, ToolName } from './repository.ts';
import { openRestic } from './restic.ts';
import { viewRestic } from './restic-view.ts';

const OPEN: Record<ToolName, (request: OpenRequest) => Repository> = {
  restic: openRestic,
  borg: openBorg,
  pgbackrest: openPgbackrest,
};
const VIEW: Record<ToolName, (request: ViewRequest) => Promise<DamageView | null>> = {
  restic: viewRestic,
  borg: viewBorg,
  pgbackrest: viewPgbackrest,
};

/** Opens a repository of another tool. Nothing is read yet. */
export const openRepository = (request: OpenRequest): Repository => OPEN[request.tool](request);

/** The same with damage in it, for the tool's own check. Null where none can be planted. */
export const openView = (request: ViewRequest): Promise<DamageView | null> => VIEW[request.tool](request);
