import type { Request } from 'express';

/** What of an address may stand in a log: the token of a ping is all that lets its source speak. */
export const pathToLog = ({ path }: Pick<Request, 'path'>): string => path.replace(/^(\/ping\/)[^/]+/, '$1…');
