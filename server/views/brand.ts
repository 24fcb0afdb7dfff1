import type { Brand } from '#/plans/brands/brand.ts';
import type { Form } from '../views.ts';

/** `portfolio/brand`. Its forms post to /portfolio/brand and /portfolio/brand/logo. */
export interface BrandView {
  name: string;
  brand: Brand;
  /** As data, to be looked at. */
  logo: string | null;
  /** The cover, small. */
  preview: string;
  mostBytes: number;
  version: string;
  mayChange: boolean;
  form: Form;
  logoForm: Form;
}
