import { fileURLToPath } from 'node:url';

/** Where templates, words and assets lie. */
export const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
