/** A mail relay on loopback that takes everything, keeps it, and can be told to refuse or to go away. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  from: string;
  to: string[];
  /** As they came, by lower-case name; folded lines are joined. */
  headers: Map<string, string>;
  subject: string;
  /** The plain and the HTML part, decoded. */
  text: string;
  html: string;
  attached: { name: string; content: Buffer }[];
  isEncrypted: boolean;
  user: string | null;
}

export interface MailRelay extends AsyncDisposable {
  url: string;
  received: Received[];
  /** What the relay answers to the next recipients, as `[status, text]`; null: it takes them. */
  refusal: [number, string] | null;
}

export async function startMailRelay({
  port = 0,
  user = null,
  key,
  cert,
}: {
  port?: number;
  user?: { name: string; password: string } | null;
  key?: string;
  cert?: string;
} = {}): Promise<MailRelay> {
  const received: Received[] = [];
  const relay: MailRelay = { url: '', received, refusal: null, [Symbol.asyncDispose]: close };
  const server = new SMTPServer({
    logger: false,
    authOptional: user === null,
    disabledCommands: key === undefined ? ['STARTTLS'] : [],
    ...(key && cert ? { key, cert } : {}),
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      username === user?.name && password === user?.password
        ? done(null, { user: username })
        : done(Object.assign(new Error('Wrong name or password'), { responseCode: 535 })),
    onRcptTo: (_address, _session, done) =>
      relay.refusal
        ? done(Object.assign(new Error(relay.refusal[1]), { responseCode: relay.refusal[0] }))
        : done(),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          ...read(Buffer.concat(parts).toString('utf8')),
          isEncrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        done(null, `Taken as ${received.length}`);
      });
    },
  });
  server.on('error', () => undefined); // clients that hang up are no trouble of the test
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: taken } = server.server.address() as AddressInfo;
  relay.url = `smtp://${user ? `${user.name}:${user.password}@` : ''}127.0.0.1:${taken}`;
  return relay;

  function close() {
    return new Promise<void>((done) => server.close(() => done()));
  }
}

function read(raw: string) {
  const { headers } = split(raw);
  const parts = partsOf(raw);
  const partOf = (type: string) => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(type));
    return part ? decoded(part.body, part.headers.get('content-transfer-encoding')) : '';
  };
  return {
    headers,
    subject: decodedHeader(headers.get('subject') ?? ''),
    text: partOf('text/plain'),
    html: partOf('text/html'),
    attached: parts
      .filter((part) => part.headers.get('content-disposition')?.startsWith('attachment'))
      .map((part) => ({
        name: /filename="?([^";]+)"?/.exec(part.headers.get('content-disposition') ?? '')?.[1] ?? '',
        content: Buffer.from(part.body, 'base64'),
      })),
  };
}

/** The leaves of a mail, however deep they lie. */
function partsOf(raw: string): ReturnType<typeof split>[] {
  const { headers, body } = split(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  if (!boundary) return [{ headers, body }];
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((part) => partsOf(part.replace(/^\r\n/, '')));
}

function split(text: string) {
  const end = text.indexOf('\r\n\r\n');
  const lines = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { headers, body: text.slice(end + 4) };
}

function decoded(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const decodedHeader = (text: string) =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_whole, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decoded(word.replaceAll('_', ' '), 'quoted-printable'),
    );
