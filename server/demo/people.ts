/** The people of the demo. Their passwords are made at random once and kept beside the data, for their owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Role } from '#/plans/work.ts';
import { newToken } from '../http/identity.ts';

export interface DemoPerson {
  email: string;
  name: string;
  password: string;
  role: Role;
}

export interface DemoSecrets {
  provider: string;
  apiToken: string;
  erpPassword: string;
  people: DemoPerson[];
}

const PEOPLE: Omit<DemoPerson, 'password'>[] = [
  { email: 'claire.moreau@amarante.example', name: 'Claire Moreau', role: 'owner' },
  { email: 'hugo.lemaire@amarante.example', name: 'Hugo Lemaire', role: 'consultant' },
  { email: 'samia.benali@amarante.example', name: 'Samia Benali', role: 'technician' },
  { email: 'direction@client.example', name: 'Philippe Garnier', role: 'client-approver' },
  { email: 'lecture@client.example', name: 'Nathalie Roche', role: 'client-reader' },
  { email: 'audit@cabinet.example', name: 'Jeanne Vidal', role: 'auditor' },
];

/** Reads the secrets of an earlier start, or makes them. Written before the database, so that a crash loses none. */
export function readOrMakeSecrets(file: string): DemoSecrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const secrets: DemoSecrets = {
    provider: crypto.randomUUID(),
    apiToken: newToken(),
    erpPassword: newPassword(),
    people: PEOPLE.map((person) => ({ ...person, password: newPassword() })),
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

const newPassword = () => randomBytes(12).toString('base64url');
