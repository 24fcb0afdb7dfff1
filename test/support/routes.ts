import { openLog } from '#/server/log.ts';
import { apiRoutes } from '#/server/routes/index.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import type { Vault } from '#/server/vault.ts';

/** Every address of the JSON interface, to be read and not to be run. */
export const namedRoutes = () =>
  apiRoutes({
    templates: loadTemplates(),
    settings: readSettings(),
    doorVault: {} as Vault,
    log: openLog('silent'),
  });
