import { expect } from 'chai';
import { type S3Server, sharedS3Server } from './support/s3-server.ts';

describe('the S3 server of the tests', () => {
  let s3: S3Server;

  before(async function () {
    s3 = await sharedS3Server(this);
  });

  it('makes buckets', async () => {
    await s3.createBucket('made-here');

    expect((await fetch(`${s3.endpoint}/made-here`)).status).to.equal(403);
    expect((await fetch(`${s3.endpoint}/not-made`)).status).to.equal(404);
  });

  it('can be killed and brought back with its buckets', async () => {
    await s3.createBucket('outlives-the-gateway');

    await s3.killGateway();
    const refused = await fetch(s3.endpoint).then(
      () => false,
      () => true,
    );
    await s3.startGateway();

    expect(refused).to.equal(true);
    expect((await fetch(`${s3.endpoint}/outlives-the-gateway`)).status).to.equal(403);
  });
});
