import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  Brand,
  BrandChange,
  brandShown,
  changeBrand,
  changeLogo,
  findBrand,
  MOST_LOGO_BYTES,
  removeLogo,
} from '#/plans/brands/brand.ts';
import { providerName } from '#/plans/providers.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { coverPreview } from '../charts/cover-preview.ts';
import { SentFile } from '../http/files.ts';
import { api, etagOf, page, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { safeLogo } from '../logos/safe-logo.ts';
import type { BrandView } from '../views/brand.ts';
import { type Form, form } from '../views.ts';

const PLACE = '/portfolio/brand';
const current = ({ work }: { work: Work }) => findBrand(work);

export const brandApi = [
  api({
    method: 'get',
    path: '/brand',
    summary: 'How the provider shows itself on its reports',
    output: Brand,
    run: ({ work }) => findBrand(work),
  }),
  api({
    method: 'put',
    path: '/brand',
    summary: 'Change how the provider shows itself on its reports',
    body: BrandChange,
    output: Brand,
    current,
    run: ({ work, body }) => changeBrand(work, body),
  }),
  api({
    method: 'put',
    path: '/brand/logo',
    summary: 'Send the logo: a PNG, or an SVG of shapes and colours only',
    body: SentFile,
    takesFile: true,
    output: Brand,
    run: ({ work, body: { bytes } }) => changeLogo(work, safeLogo(bytes)),
  }),
  api({
    method: 'delete',
    path: '/brand/logo',
    summary: 'Print no logo any more',
    output: Brand,
    run: ({ work }) => removeLogo(work),
  }),
];

const Typed = z.object({
  legalName: z.string().default(''),
  address: z.string().default(''),
  footer: z.string().default(''),
  primary: z.string().default(''),
  accent: z.string().default(''),
});

/** How the provider's reports look. */
export const brandPages = ({ templates }: Pick<Services, 'templates'>): Route[] => [
  page({
    method: 'get',
    path: PLACE,
    summary: 'How reports look',
    run: async ({ work, locale }) => ({
      show: 'portfolio/brand',
      data: await view({ work, locale, templates }),
    }),
  }),
  page({
    method: 'post',
    path: PLACE,
    summary: 'Change how reports look',
    body: Typed,
    current,
    run: async ({ work, body }) => {
      await changeBrand(work, parsed(body));
      return { goTo: PLACE };
    },
    again: async ({ work, locale, typed, problem }) => ({
      show: 'portfolio/brand',
      data: await view(
        { work, locale, templates },
        form(typed, { ...problem, errors: problem.errors.map(ofField) }),
      ),
    }),
  }),
  page({
    method: 'post',
    path: `${PLACE}/logo`,
    summary: 'Send the logo',
    body: SentFile,
    takesFile: true,
    run: async ({ work, body: { bytes } }) => {
      await changeLogo(work, safeLogo(bytes));
      return { goTo: PLACE };
    },
    again: async ({ work, locale, problem }) => ({
      show: 'portfolio/brand',
      data: { ...(await view({ work, locale, templates })), logoForm: form({}, { ...problem, errors: [] }) },
    }),
  }),
  page({
    method: 'post',
    path: `${PLACE}/logo/removal`,
    summary: 'Print no logo any more',
    run: async ({ work }) => {
      await removeLogo(work);
      return { goTo: PLACE };
    },
  }),
];

/** The page asks for each colour in a field of its own. */
const ofField = <Found extends { field: string | null }>(found: Found): Found => ({
  ...found,
  field: found.field?.replace('colours.', '') ?? null,
});

/** What is left empty is not set; with one colour, the other has to be typed as well. */
function parsed({ legalName, address, footer, primary, accent }: z.infer<typeof Typed>): BrandChange {
  return BrandChange.parse({
    ...{
      legalName: legalName.trim() || null,
      address: address.trim() || null,
      footer: footer.trim() || null,
    },
    colours: primary.trim() || accent.trim() ? { primary: primary.trim(), accent: accent.trim() } : null,
  });
}

interface Reading extends Pick<Services, 'templates'> {
  work: Work;
  locale: Locale;
}

async function view(
  { work, locale, templates: { say } }: Reading,
  shown: Form | null = null,
): Promise<BrandView> {
  const brand = await findBrand(work);
  const { legalName, address, footer, colours } = brand;
  const logo = (await brandShown(work))?.logo;
  const typed = { legalName, address, footer, primary: colours?.primary, accent: colours?.accent };
  const filled = Object.entries(typed).map(([name, value]) => [name, value ?? '']);
  const name = legalName ?? (await providerName(work));
  return {
    name,
    preview: coverPreview({
      ...{ colours, name, logo: logo ? `data:${logo.type};base64,${logo.base64}` : null },
      kicker: say(locale, 'report.kind.readiness.kicker'),
      title: say(locale, 'report-kind.readiness'),
      desc: say(locale, 'brand.preview'),
    }),
    mostBytes: MOST_LOGO_BYTES,
    brand,
    logo: logo ? `data:${logo.type};base64,${logo.base64}` : null,
    version: etagOf(brand),
    mayChange: may(work, 'brand.change'),
    form: shown ?? form(Object.fromEntries(filled)),
    logoForm: form(),
  };
}
