/** Takes an agent on: makes its keys here, shows the one-time code, and pins the key that orders will be signed by. */
import { hostname, release, type } from 'node:os';
import { exportJWK, generateKeyPair } from 'jose';
import { Enrolled, type Enrolment, type HostFacts, PLACE, SPOKEN } from '#/jobs/agents/protocol.ts';
import { nameOfKey } from '#/jobs/agents/request-proof.ts';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { StartError } from '../start-error.ts';
import { VERSIONS } from '../versions.ts';
import { type AgentIdentity, hasIdentity, saveIdentity } from './identity.ts';
import { IN_WORDS, readAnswer, ServiceRefusal } from './line.ts';

/** What this machine is, for the page of the agent. */
export const hostFacts = (): HostFacts => ({
  name: hostname(),
  system: `${type()} ${release()}`,
  release: VERSIONS.product,
});

/** `fingerprint`: of the service's order key, as its page shows it; another one is refused. */
export async function enrol(
  folder: string,
  { service, code, fingerprint }: { service: string; code: string; fingerprint: string },
): Promise<AgentIdentity> {
  const address = readService(service);
  if (await hasIdentity(folder))
    throw new StartError(`${folder} holds an agent already. Give another folder with --dir.`);
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const signing = newSigningKey();
  const own = newIdentity();
  const key = (await exportJWK(privateKey)) as AgentIdentity['key'];
  const enrolled = await ask(address, {
    code,
    publicKey: (await exportJWK(publicKey)) as Enrolment['publicKey'],
    recipient: own.recipient,
    signingKey: signing.publicKey,
    protocol: SPOKEN,
    host: hostFacts(),
  });
  const found = await nameOfKey(enrolled.orderKey);
  if (found !== fingerprint)
    throw new StartError(
      `${address} signs orders with the key ${found}, not with ${fingerprint}: it is not the service that gave the code, or somebody stands between. Nothing was kept; ask for a new code.`,
    );
  const { orderKey, agent, name, client } = enrolled;
  const identity = {
    service: address,
    orderKey,
    agent,
    name,
    client,
    key,
    identity: own.identity,
    signingKey: signing.privateKey,
  };
  await saveIdentity(folder, identity);
  return identity;
}

async function ask(service: string, body: Enrolment): Promise<Enrolled> {
  try {
    const response = await fetch(`${service}${PLACE}/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...IN_WORDS },
      body: JSON.stringify(body),
      redirect: 'error',
    });
    return await readAnswer(response, Enrolled);
  } catch (error) {
    if (error instanceof ServiceRefusal) throw new StartError(error.message);
    const { cause, message } = error as Error;
    throw new StartError(
      `${service} does not answer as Reprise does (${cause instanceof Error ? cause.message : message}).`,
    );
  }
}

/** Without TLS only on this machine: a code on the line is a code given away. */
function readService(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isHere))
    throw new StartError(`"${text}" is not the https address of a Reprise service.`);
  return url.href.replace(/\/$/, '');
}
