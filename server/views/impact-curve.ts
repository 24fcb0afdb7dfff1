import type { ImpactPicture } from '../charts/impact-curve.ts';

/** `partials/impact-curve`: the impacts of an activity as a picture, and the same as a table. */
export interface ImpactCurveView {
  activity: string;
  mtpdSeconds: number | null;
  derivedMtpdSeconds: number | null;
  /** Why the one is not the other. */
  mtpdReason: string | null;
  picture: ImpactPicture;
  /** In the order of the scale, then of time. */
  rows: {
    category: string;
    name: string;
    afterSeconds: number;
    level: number;
    meaning: string;
    isTolerable: boolean;
    amount: number | null;
    justification: string | null;
  }[];
  currency: string;
}
