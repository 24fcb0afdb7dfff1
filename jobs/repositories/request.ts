import type { Tools } from '../job.ts';
import { Reach } from '../stores/reach.ts';
import type { OpenRequest, RepositorySecrets, ToolName } from './repository.ts';

/** A repository on record, with what opens it sealed. */
interface Sealed {
  tool: string;
  address: string;
  series: string | null;
  sealed_secrets: Buffer | null;
}

/** What its tool is asked with. A host that may not be reached is refused before the tool is started. */
export async function requestOf(
  { tool, address, series, sealed_secrets }: Sealed,
  provider: string,
  { open, privateHosts }: Pick<Tools, 'open' | 'privateHosts'>,
  { scratchDir, signal }: Pick<OpenRequest, 'scratchDir' | 'signal'>,
): Promise<OpenRequest> {
  const endpoint = new URL(address).searchParams.get('endpoint');
  if (endpoint) await new Reach(privateHosts).check(new URL(endpoint).hostname);
  const secrets: RepositorySecrets = sealed_secrets
    ? JSON.parse(open(provider, 'repository', sealed_secrets))
    : { password: '' };
  return { tool: tool as ToolName, address, series, secrets, scratchDir, signal };
}
