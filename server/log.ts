import { type DestinationStream, pino } from 'pino';

/** What must never be written down, wherever it turns up in the fields of a line. */
const SECRETS = ['password', 'token', 'secretAccessKey', 'identity', 'signingKey', 'authorization', 'cookie'];

/** The log, as JSON lines on standard error: standard output is for results. */
export const openLog = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
) => pino({ level, base: null, redact: SECRETS.flatMap((name) => [name, `*.${name}`]) }, destination);

export type ServiceLog = ReturnType<typeof openLog>;
