/** How a provider shows itself on its reports: its logo, two colours, its legal name and address, and a line at the foot. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { sha256 } from '../canonical.ts';
import { invalid } from '../errors.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';
import { contrastOf, LEAST_CONTRAST, WHITE } from './contrast.ts';

export const MOST_LOGO_BYTES = 200_000;

const Colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/, { error: 'brand.colour' })
  .transform((colour) => colour.toUpperCase());

export const BrandChange = z.object({
  legalName: Line(200).nullable(),
  address: Line(500).nullable().describe('In one line'),
  footer: Line(120).nullable().describe('At the foot of every page, in place of the name'),
  colours: z
    .object({
      primary: Colour.describe('Ground of covers; white text has to be read on it, and itself on white'),
      accent: Colour.describe('Text and lines on that ground'),
    })
    .nullable()
    .describe('Null: navy and gold'),
});
export type BrandChange = z.infer<typeof BrandChange>;

export const Brand = BrandChange.extend({
  logo: z
    .object({ type: z.enum(['image/png', 'image/svg+xml']), sha256: z.string(), bytes: z.int() })
    .nullable(),
}).meta({ id: 'Brand' });
export type Brand = z.infer<typeof Brand>;

/** A picture that was made safe. */
export interface Logo {
  type: NonNullable<Brand['logo']>['type'];
  content: Buffer;
}

/** As a snapshot holds it, so that it draws the same file for ever. */
export interface BrandShown extends BrandChange {
  logo: { type: Logo['type']; sha256: string; base64: string } | null;
}

export async function findBrand(work: Work): Promise<Brand> {
  allow(work, 'brand.read');
  const { logo, ...brand } = (await brandShown(work)) ?? NONE;
  return {
    ...brand,
    logo: logo && {
      type: logo.type,
      sha256: logo.sha256,
      bytes: Buffer.byteLength(logo.base64, 'base64'),
    },
  };
}

/** Null where nothing was ever set. */
export async function brandShown({ db }: Work): Promise<BrandShown | null> {
  const row = await db.selectFrom('provider_brands').selectAll().executeTakeFirst();
  if (!row) return null;
  const { primary_colour: primary, accent_colour: accent, logo, logo_type, logo_sha256 } = row;
  return {
    legalName: row.legal_name,
    address: row.address,
    footer: row.footer,
    colours: primary !== null && accent !== null ? { primary, accent } : null,
    logo:
      logo !== null && logo_type !== null && logo_sha256 !== null
        ? { type: logo_type as Logo['type'], sha256: logo_sha256, base64: logo.toString('base64') }
        : null,
  };
}

/** All but the logo. */
export async function changeBrand(work: Work, change: BrandChange): Promise<Brand> {
  allow(work, 'brand.change');
  const { legalName, address, footer, colours } = change;
  if (colours) checkColours(colours);
  await write(work, {
    ...{ legal_name: legalName, address, footer },
    primary_colour: colours?.primary ?? null,
    accent_colour: colours?.accent ?? null,
  });
  await record(work, 'brand.changed', itself(work), change);
  return findBrand(work);
}

/** Takes what was made safe. Reports that were asked for before keep the logo they were asked for with. */
export async function changeLogo(work: Work, { type, content }: Logo): Promise<Brand> {
  allow(work, 'brand.change');
  const hash = sha256(content);
  await write(work, { logo: content, logo_type: type, logo_sha256: hash });
  await record(work, 'brand.logo-changed', itself(work), { type, sha256: hash, bytes: content.length });
  return findBrand(work);
}

export async function removeLogo(work: Work): Promise<Brand> {
  allow(work, 'brand.change');
  await write(work, { logo: null, logo_type: null, logo_sha256: null });
  await record(work, 'brand.logo-removed', itself(work), {});
  return findBrand(work);
}

const NONE: BrandShown = { legalName: null, address: null, footer: null, colours: null, logo: null };

const itself = ({ provider }: Work) => ({ kind: 'provider', id: provider, client: null }) as const;

function checkColours({ primary, accent }: NonNullable<BrandChange['colours']>): void {
  check('colours.primary', 'brand.primary-on-white', contrastOf(primary, WHITE));
  check('colours.accent', 'brand.accent-on-primary', contrastOf(accent, primary));
}

function check(field: string, key: string, ratio: number): void {
  // Cut and not rounded: 4.49 must not be told as 4.5.
  if (ratio < LEAST_CONTRAST)
    throw invalid(field, key, { ratio: Math.floor(ratio * 10) / 10, least: LEAST_CONTRAST });
}

type Columns = Partial<{
  legal_name: string | null;
  address: string | null;
  footer: string | null;
  primary_colour: string | null;
  accent_colour: string | null;
  logo: Buffer | null;
  logo_type: string | null;
  logo_sha256: string | null;
}>;

async function write({ db, now }: Work, columns: Columns): Promise<void> {
  const kept = { ...columns, changed_at: now };
  await db
    .insertInto('provider_brands')
    .values(kept)
    .onConflict((row) => row.column('provider_id').doUpdateSet(kept))
    .execute();
}
