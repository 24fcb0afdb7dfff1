import { prepareDatabase } from '../service.ts';
import { readSettings, SettingsError } from '../settings.ts';

export const usage = `reprise migrate
  Prepares the database of OWNER_DATABASE_URL. The embedded one is prepared at each start.`;

export async function run(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error(usage);
    return 2;
  }
  const { database } = readSettings();
  if (!database?.ownerUrl)
    throw new SettingsError(
      'Settings are wrong:\n  OWNER_DATABASE_URL: is not set. Put the address of the database with the role that owns its tables.',
    );
  const applied = await prepareDatabase(database.ownerUrl);
  console.log(applied.length === 0 ? 'Nothing to do.' : `Applied ${applied.join(', ')}.`);
  return 0;
}
