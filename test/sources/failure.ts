import { expect } from 'chai';
import { SourceError } from '#/jobs/sources/source.ts';

/** The source's error that an attempt must end with. */
export async function failure(attempt: Promise<unknown>): Promise<SourceError> {
  const error = await attempt.then(
    () => null,
    (reason) => reason,
  );
  expect(error).to.be.instanceOf(SourceError);
  return error;
}
