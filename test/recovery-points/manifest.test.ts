import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { MANIFEST_FORMAT, type ManifestFacts } from '#/jobs/recovery-points/manifest/facts.ts';
import { Manifest } from '#/jobs/recovery-points/manifest/manifest.ts';
import { ManifestWriter } from '#/jobs/recovery-points/manifest/writer.ts';

const FACTS: Omit<ManifestFacts, 'entryCount'> = {
  format: MANIFEST_FORMAT,
  asset: 'files',
  pointId: '20260105T060000000Z-fdf3021f820f',
  startedAt: '2026-01-05T06:00:00.000Z',
  endedAt: '2026-01-05T06:00:00.000Z',
  dataTime: '2026-01-05T06:00:00.000Z',
  source: { kind: 'folder', address: '/srv' },
  base: null,
  tools: {},
  inventory: null,
  rules: { include: [], exclude: [] },
  runs: ['20260105T060000000Z-fdf3021f820f'],
  packs: [],
};

describe('a manifest', () => {
  it('is one JSON document, wherever its frames end', () => {
    // The last line fills a frame, or is the first of one, or lies within.
    for (const count of [1, 2, 3, 4]) {
      const writer = new ManifestWriter();
      for (let i = 0; i < count; i++) writer.add(`{"path":"${i}${'x'.repeat(300_000)}","type":"file"}`);
      const bytes = writer.finish(FACTS);
      const text = zstdDecompressSync(bytes).toString();
      expect(JSON.parse(text).entries, `${count} lines`).to.have.length(count);
      expect([...new Manifest(bytes, FACTS).lines()]).to.have.length(count);
    }
  });

  it('is refused when it is a difference from another, or of a format to come', () => {
    for (const change of [{ base: { point: 'another' } }, { format: 'reprise-manifest-2' }]) {
      const writer = new ManifestWriter();
      writer.add('{"path":".","type":"directory"}');
      const bytes = writer.finish({ ...FACTS, ...change } as never);
      expect(() => new Manifest(bytes, FACTS), JSON.stringify(change)).to.throw('The manifest');
    }
  });
});
