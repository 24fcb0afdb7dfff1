/** `reprise people`: helps somebody back in whom nobody else can help, such as the only owner. */
import { resetSecondFactors } from '#/plans/member-factors.ts';
import { findPersonAtDoor, listOwnProviders } from '#/plans/sign-in.ts';
import { startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { CallError, DONE, follow, readCall } from './call.ts';

export const usage = `reprise people reset-second-factor ADDRESS [--data DIR] [--json]

Takes passkeys, one-time codes and recovery codes from the person with this mail address and ends their sessions, while services
run. Their password stays. They are told by mail, and the audit trail of each of their providers notes it.`;

export const run = (args: string[]) =>
  follow(args, usage, async () => {
    const { values, positionals } = readCall(
      args,
      { data: { type: 'string' } },
      { positionals: ['a verb', 'a mail address'], required: [] },
    );
    const [verb, address = ''] = positionals;
    if (verb !== 'reset-second-factor')
      throw new CallError(`There is nothing called "reprise people ${verb}".`);
    const email = address.trim().toLowerCase();
    const settings = readSettings({ DATA_DIR: values.data, LOG_LEVEL: 'error' });
    await using service = await startService(settings, { web: false, worker: false });
    const { database } = service;
    const person = await database.atDoor({ email }, (door) => findPersonAtDoor(door, email));
    if (!person) throw new CallError(`Nobody has the address ${email}.`);
    const providers = await database.atDoor({ person: person.id }, (door) =>
      listOwnProviders(door, person.id, new Date()),
    );
    if (providers.length === 0) throw new CallError(`${email} has no access to any provider.`);
    for (const provider of providers)
      await service.inProvider(provider, (work) => resetSecondFactors(work, person.id));
    console.log(
      values.json ? JSON.stringify({ reset: email }) : `${email} signs in with the password alone now.`,
    );
    return DONE;
  });
