/** Writes `.env.example` from the settings: `node server/generate-env-example.ts`. */
import { writeFileSync } from 'node:fs';
import { Env } from './settings.ts';

/** One paragraph for each setting: its reason, and its default where it has one. */
export function envExample(): string {
  const paragraphs = Object.entries(Env.shape).map(([name, schema]) => {
    const { success, data } = schema.safeParse(undefined);
    const fallback = success && data !== undefined && !Array.isArray(data) ? String(data) : '';
    return `# ${schema.description}.\n# ${name}=${fallback}`;
  });
  return `${paragraphs.join('\n\n')}\n`;
}

if (import.meta.main) writeFileSync('.env.example', envExample());
