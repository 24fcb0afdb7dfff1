import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { findChromium } from '#/server/pdf/chromium.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { DATE, drawnReport, HTML, PLACES, PRINT, runProgram, withFile } from './support.ts';

const draw = (html: string) => renderPdf(html, { print: PRINT, date: DATE });

describe('drawing a report', () => {
  it('gives the same bytes for the same HTML', async () => {
    const again = await draw(HTML);
    expect(again.pdf.equals(await drawnReport())).to.equal(true);
    expect(again).to.include({ pages: 13, title: 'Préparation à l’épreuve' });
    expect(again.chromium).to.match(/^HeadlessChrome\/\d+/);
  });

  it('prints in the contents the pages where things are, with tags, bookmarks and the date it was given', async () => {
    await withFile(await drawnReport(), async (file) => {
      expect((await runProgram('pdftotext', '-l', '1', file, '-')).output.trim()).to.match(
        /^Un\s+11\s+Deux\s+13$/,
      );
      const { output } = await runProgram('pdfinfo', '-isodates', file);
      expect(output).to.match(/Tagged: +yes/);
      expect(output).to.match(/CreationDate: +2026-03-04T05:06:07/);
    });
    expect((await drawnReport()).includes('/Outlines')).to.equal(true);
  });

  it('refuses contents that name what is not there', async () => {
    const error = await draw('<p data-toc="gone">').then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.message).to.include('gone');
  });

  it('reaches nothing on the network', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        // Its wish to be somewhere else may also end the drawing, when the machine is busy. Either way nothing is reached.
        const drawn = await draw(documentThatCalls(`http://${host}:${port}`)).catch((error: Error) => {
          if (!error.message.includes('because of a navigation')) throw error;
          return null;
        });
        if (drawn) expect(drawn.pages).to.be.greaterThan(0);
      }
      expect(connections).to.equal(0);
    } finally {
      server.close();
    }
  });

  it('reads no file of the machine', async () => {
    await withFile('a secret of this machine', async (secret) => {
      const html = `<p>Begin<iframe src="file://${secret}"></iframe><object data="file://${secret}"></object>`;
      await withFile((await draw(html)).pdf, async (file) => {
        expect((await runProgram('pdftotext', file, '-')).output)
          .to.include('Begin')
          .and.not.include('secret');
      });
    });
  });

  it('runs no script of the document', async () => {
    const { pdf } = await draw(
      '<p id="a">still<script>document.getElementById("a").textContent = "ran"</script>',
    );
    await withFile(pdf, async (file) => {
      expect((await runProgram('pdftotext', file, '-')).output.trim()).to.equal('still');
    });
  });

  it('says which Chromium cannot print', async () => {
    for (const chromiumPath of ['/bin/true', '/nowhere/chromium']) {
      const error = await findChromium({ ...PLACES, chromiumPath }).then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error?.message).to.include(`Chromium at ${chromiumPath} cannot print reports.`);
    }
  });
});

const documentThatCalls = (url: string) => `<!doctype html><html><head>
<link rel="stylesheet" href="${url}/a.css"><link rel="prefetch" href="${url}/b"><link rel="preload" as="image" href="${url}/c">
<link rel="preconnect" href="${url}"><link rel="dns-prefetch" href="${url}"><link rel="icon" href="${url}/icon">
<meta http-equiv="refresh" content="0; url=${url}/refresh">
<style>@import "${url}/d.css"; @font-face { font-family: far; src: url(${url}/e.woff2) } p { font-family: far; background: url(${url}/f.png) }</style>
<script src="${url}/g.js"></script><script>fetch('${url}/h'); new WebSocket('${url.replace('http', 'ws')}/i')</script></head>
<body><p>text</p><img src="${url}/j.png"><iframe src="${url}/k"></iframe><object data="${url}/l"></object><embed src="${url}/m">
<video src="${url}/n" autoplay></video><svg><image href="${url}/o.png"/><use href="${url}/p.svg#a"/></svg></body></html>`;
