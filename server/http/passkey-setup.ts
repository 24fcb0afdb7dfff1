/** Adding a passkey to one's own account. It stands beside the routes because a challenge goes out with a cookie. */
import type { Express } from 'express';
import { z } from 'zod';
import { findOwnAccount, whoseAccount } from '#/plans/account.ts';
import { invalid } from '#/plans/errors.ts';
import { addPasskey, listOwnFactors } from '#/plans/factors.ts';
import { Line } from '#/plans/text.ts';
import { askForNewPasskey, readNewPasskey } from '../passkeys.ts';
import { accountView } from '../routes/account.ts';
import { form } from '../views.ts';
import { refuseUnlessConfirmed } from './confirming.ts';
import { NewPasskeyAnswer } from './passkey-shapes.ts';
import { keepChallenge, siteOf, takeChallenge } from './passkey-sign-in.ts';
import type { Mounting } from './route.ts';
import type { Services } from './services.ts';

const KIND = 'new-passkey';
const Sent = z.object({ credential: NewPasskeyAnswer, name: Line(100) });

export function mountPasskeySetup(app: Express, services: Services, { begin, explain, show }: Mounting) {
  app.post('/account/passkeys/options', async (request, response) => {
    const { person, known } = await begin(request, async (work) => {
      refuseUnlessConfirmed(request, work.now);
      const { passkeys } = await listOwnFactors(work);
      return {
        person: { ...(await findOwnAccount(work)), id: whoseAccount(work) },
        known: passkeys.map(({ id }) => id),
      };
    });
    const options = await askForNewPasskey(siteOf(services, request), person, known);
    await keepChallenge(services, response, { kind: KIND, person: person.id, challenge: options.challenge });
    response.set('cache-control', 'no-store').json(options);
  });

  app.post('/account/passkeys', async (request, response) => {
    const step = await takeChallenge(services, request, KIND);
    try {
      const { credential, name } = Sent.parse(request.body ?? {});
      const passkey =
        step && (await readNewPasskey(siteOf(services, request), step.data.challenge, credential));
      await begin(request, async (work) => {
        refuseUnlessConfirmed(request, work.now);
        if (!passkey || step.person !== whoseAccount(work)) throw invalid('name', 'passkey.not-made');
        await addPasskey(work, { ...passkey, name }, request.admitted?.session ?? null);
      });
      response.redirect(303, '/account?done=passkey');
    } catch (error) {
      const shown = await begin(request, async (work, locale) => {
        const problem = explain(error, locale);
        if (problem.status !== 422) throw error;
        const { name } = (request.body ?? {}) as Record<string, unknown>;
        const typed = { name: typeof name === 'string' ? name : '' };
        const session = request.admitted?.session ?? null;
        const data = await accountView(work, session, { passkeyForm: form(typed, problem) });
        return { show: 'account', data, status: problem.status };
      });
      show(request, response, shown);
    }
  });
}
