/** The keeper of nodemailer: hands a mail to the relay of the settings, and says what the relay answered. */
import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';
import type { Sent } from '#/plans/alerts/messages.ts';
import type { Settings } from '../settings.ts';

export interface Mail {
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  /** The same however often it is sent; `thread` is the same for all mails of one alert. */
  id: string;
  thread: string | null;
  isUrgent: boolean;
  attached?: { name: string; content: Buffer } | null;
}

export interface Relay {
  send(mail: Mail): Promise<Sent>;
}

const PATIENCE_MS = 20_000;

export function openRelay({ relay, from, tls, caFile }: NonNullable<Settings['mail']>): Relay {
  const { protocol, hostname, port, username, password } = new URL(relay);
  const isSecure = protocol === 'smtps:';
  const transport = nodemailer.createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : isSecure ? 465 : 587,
    secure: isSecure,
    requireTLS: !isSecure && tls === 'required',
    ignoreTLS: !isSecure && tls === 'none',
    ...(caFile ? { tls: { ca: readFileSync(caFile) } } : {}),
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.split('@')[1] ?? 'localhost';
  const idOf = (id: string) => `<${id}@${domain}>`;
  return {
    async send({ to, subject, text, html, id, thread, isUrgent, attached }) {
      try {
        const { response } = await transport.sendMail({
          from: { name: 'Reprise', address: from },
          to,
          subject,
          text,
          html,
          messageId: idOf(id),
          attachments: attached ? [{ filename: attached.name, content: attached.content }] : [],
          priority: isUrgent ? 'high' : 'normal',
          ...(thread ? { inReplyTo: idOf(thread), references: [idOf(thread)] } : {}),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { isAccepted: true, answer: response };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

/** What a relay says with a 5 it will say again; all else may be otherwise in a minute. */
function refusalOf(error: unknown): Sent {
  const {
    code = 'UNKNOWN',
    responseCode,
    response,
    message,
  } = error as {
    code?: string;
    responseCode?: number;
    response?: string;
    message: string;
  };
  const answer = response ?? message;
  return {
    isAccepted: false,
    answer,
    isFinal: responseCode !== undefined && responseCode >= 500,
    finding:
      responseCode === undefined
        ? {
            code: 'alert.relay-unreachable',
            params: { cause: code },
            message: `The relay cannot be reached: ${code}.`,
          }
        : {
            code: 'alert.relay-refused',
            params: { status: responseCode },
            message: `The relay refused the mail with ${responseCode}.`,
          },
  };
}
