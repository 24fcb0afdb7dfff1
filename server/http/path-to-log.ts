import type { Request } from 'express';

/** What of an address may stand in a log: the token of a ping is all that lets its source speak, and a link by mail lets its bearer in. */
export const pathToLog = ({ path }: Pick<Request, 'path'>): string =>
  path.replace(/^(\/(?:ping|invitation|reset)\/)[^/]+/, '$1…');
