import { expect } from 'chai';
import fc from 'fast-check';
import { derivedMtpd, findHealing, isUnlikeCurve, rated } from '#/plans/impact.ts';
import { impactPicture } from '#/server/charts/impact-curve.ts';

const HOUR = 3600;
const scales = new Map([
  ['image', [0, 1, 2].map((level) => ({ level, isTolerable: level < 2 }))],
  ['money', [0, 1, 2].map((level) => ({ level, isTolerable: level < 1 }))],
]);
const at = (hours: number, level: number, category = 'image') => ({
  category,
  afterSeconds: hours * HOUR,
  level,
});
const points = fc.array(
  fc.record({
    category: fc.constantFrom('image', 'money'),
    afterSeconds: fc.nat(20),
    level: fc.nat(2),
  }),
  { maxLength: 12 },
);

describe('the MTPD that impacts say', () => {
  it('is the first moment at which anything can no longer be borne', () => {
    expect(derivedMtpd(rated([at(1, 1), at(8, 2), at(24, 2)], scales))).to.equal(8 * HOUR);
    expect(derivedMtpd(rated([at(8, 2), at(4, 1, 'money')], scales))).to.equal(4 * HOUR);
  });

  it('may be at once, and is none while all can be borne', () => {
    expect(derivedMtpd(rated([at(0, 2)], scales))).to.equal(0);
    expect(derivedMtpd(rated([at(0, 1)], scales))).to.equal(null);
    expect(derivedMtpd([])).to.equal(null);
  });

  it('takes a level that no scale knows for one that nobody said could be borne', () => {
    expect(derivedMtpd(rated([at(1, 7)], scales))).to.equal(HOUR);
    expect(derivedMtpd(rated([at(1, 0, 'gone')], scales))).to.equal(HOUR);
  });

  it('is asked about only where both are known and differ', () => {
    const said = { mtpdSeconds: HOUR, derivedMtpdSeconds: 2 * HOUR, mtpdReason: null };
    expect(isUnlikeCurve(said)).to.equal(true);
    expect(isUnlikeCurve({ ...said, mtpdReason: ' ' })).to.equal(true);
    expect(isUnlikeCurve({ ...said, mtpdReason: 'Contract' })).to.equal(false);
    expect(isUnlikeCurve({ ...said, derivedMtpdSeconds: null })).to.equal(false);
    expect(isUnlikeCurve({ ...said, mtpdSeconds: null })).to.equal(false);
    expect(isUnlikeCurve({ ...said, derivedMtpdSeconds: HOUR })).to.equal(false);
  });
});

describe('an impact that heals', () => {
  it('is found within its category, in whatever order it was written', () => {
    expect(findHealing([at(24, 1), at(1, 2)])).to.deep.equal({ earlier: at(1, 2), later: at(24, 1) });
    expect(findHealing([at(24, 1), at(1, 2, 'money')])).to.equal(null);
    expect(findHealing([at(1, 1), at(2, 1), at(3, 2)])).to.equal(null);
  });

  it('is found exactly where some later level is lower', () => {
    fc.assert(
      fc.property(points, (all) => {
        const heals = all.some((one) =>
          all.some(
            (other) =>
              other.category === one.category &&
              other.afterSeconds > one.afterSeconds &&
              other.level < one.level,
          ),
        );
        const isTwice = new Set(all.map((one) => `${one.category} ${one.afterSeconds}`)).size < all.length;
        fc.pre(!isTwice);
        expect(findHealing(all) !== null).to.equal(heals);
      }),
    );
  });
});

describe('the picture of impacts', () => {
  const curve = (points: { afterSeconds: number; level: number; isTolerable: boolean }[], top = 4) => ({
    category: 'Image',
    top,
    points,
  });

  it('has a step from each moment until the next, as high as its level', () => {
    const picture = impactPicture(
      [
        curve([
          { afterSeconds: 86_400, level: 4, isTolerable: false },
          { afterSeconds: 3600, level: 2, isTolerable: true },
        ]),
      ],
      { mtpdSeconds: 86_400, derivedMtpdSeconds: 7200 },
    );
    expect(picture.ticks.map(({ seconds }) => seconds)).to.deep.equal([0, 3600, 7200, 86_400]);
    const [low, high] = picture.bands[0]!.steps;
    expect(low!.x + low!.width)
      .to.equal(high!.x)
      .and.to.equal(picture.mtpdX);
    expect(high!.x + high!.width).to.equal(picture.right);
    expect(high!.height).to.equal(2 * low!.height);
    expect(picture.derivedX).to.equal(picture.ticks[2]!.x);
  });

  it('never leaves its frame, whatever it is given', () => {
    fc.assert(
      fc.property(
        points,
        fc.option(fc.nat(30)),
        fc.option(fc.nat(30)),
        (all, mtpdSeconds, derivedMtpdSeconds) => {
          const { width, height, bands, ticks } = impactPicture(
            [
              curve(
                all.map((point) => ({ ...point, isTolerable: point.level < 2 })),
                2,
              ),
              curve([], 0),
            ],
            { mtpdSeconds, derivedMtpdSeconds },
          );
          for (const step of bands.flatMap(({ steps }) => steps)) {
            expect(step.x).to.be.at.least(0);
            expect(step.width).to.be.at.least(0);
            expect(step.x + step.width).to.be.at.most(width);
            expect(step.y).to.be.at.least(0);
            expect(step.numberY).to.be.within(8, height);
          }
          expect(Math.max(...ticks.map(({ x }) => x))).to.be.below(width);
        },
      ),
    );
  });
});
