/** Mails to one person: a sentence or two, a link or a file, in their language. */
import type { Letter, Tools } from '#/jobs/job.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Relay } from './alerts/mail.ts';
import { addressOf } from './http/services.ts';
import type { Settings } from './settings.ts';
import type { Templates } from './templates.ts';

interface Parts {
  settings: Settings;
  templates: Templates;
}

export function openLetters({ settings, templates }: Parts): Tools['sendLetter'] {
  let relay: Relay | null = null;
  return async (letter) => {
    if (!settings.mail)
      return {
        isAccepted: false,
        answer: null,
        isFinal: true,
        finding: { code: 'alert.no-relay', params: {}, message: 'No mail relay is set up.' },
      };
    relay ??= (await import('./alerts/mail.ts')).openRelay(settings.mail);
    const content = contentOf(letter, templates, addressOf(settings));
    return relay.send({
      to: letter.to,
      subject: content.subject,
      text: [
        content.lead,
        ...(content.href ? [`${content.open}\n${content.href}`] : []),
        content.after,
        `-- \n${content.foot}`,
      ].join('\n\n'),
      html: templates.render('mail/letter', letter.locale as Locale, { ...content, locale: letter.locale }),
      id: letter.id,
      thread: null,
      isUrgent: false,
      attached: letter.attached ?? null,
    });
  };
}

function contentOf(
  { kind, locale, params, words = {}, path }: Letter,
  templates: Templates,
  address: string,
) {
  const named = Object.entries(words).map(([name, key]) => [name, templates.say(locale as Locale, key)]);
  const all = { ...params, ...Object.fromEntries(named) };
  const say = (part: string) => templates.say(locale as Locale, `letter-${kind}.${part}`, all);
  return {
    subject: say('subject'),
    lead: say('lead'),
    open: path === null ? null : say('open'),
    href: path === null ? null : address + path,
    after: say('after'),
    foot: templates.say(locale as Locale, 'letter.foot', { address }),
  };
}
