/** The people of the demo. Their passwords are made at random once and kept beside the data, for their owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Role } from '#/plans/work.ts';
import { newToken } from '../http/identity.ts';

export type PersonKey = (typeof PEOPLE)[number]['key'];

export interface DemoPerson {
  key: PersonKey;
  email: string;
  name: string;
  password: string;
  role: Role;
  /** Of which client; null: of the provider, or looking at all. */
  client: string | null;
  /** Days ago on which they left, and since when nobody signs in for them. */
  left: number | null;
}

export interface DemoSecrets {
  provider: string;
  apiToken: string;
  erpPassword: string;
  people: DemoPerson[];
}

const PEOPLE = [
  {
    key: 'claire',
    email: 'claire.moreau@amarante.example',
    name: 'Claire Moreau',
    role: 'owner',
    client: null,
    left: null,
  },
  {
    key: 'hugo',
    email: 'hugo.lemaire@amarante.example',
    name: 'Hugo Lemaire',
    role: 'consultant',
    client: null,
    left: null,
  },
  {
    key: 'samia',
    email: 'samia.benali@amarante.example',
    name: 'Samia Benali',
    role: 'technician',
    client: null,
    left: null,
  },
  {
    key: 'philippe',
    email: 'direction@client.example',
    name: 'Philippe Garnier',
    role: 'client-approver',
    client: 'vernazet',
    left: null,
  },
  {
    key: 'nathalie',
    email: 'lecture@client.example',
    name: 'Nathalie Roche',
    role: 'client-reader',
    client: 'vernazet',
    left: null,
  },
  {
    key: 'jeanne',
    email: 'audit@cabinet.example',
    name: 'Jeanne Vidal',
    role: 'auditor',
    client: null,
    left: null,
  },
  {
    key: 'soazig',
    email: 'direction@ostrea.example',
    name: 'Soazig Le Goff',
    role: 'client-approver',
    client: 'ostrea',
    left: null,
  },
  {
    key: 'gerard',
    email: 'direction@maubrey.example',
    name: 'Gérard Pernin',
    role: 'client-approver',
    client: 'maubrey',
    left: 310,
  },
] as const satisfies readonly (Omit<DemoPerson, 'password' | 'key'> & { key: string })[];

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
