/** Data set A: the share of an office. Many small documents and few large ones, half of the bytes compressible. */
import { mix, randomBytes, share } from './random.ts';
import { prose, rows } from './text.ts';
import { type Day, homeOf, type TreePlan } from './tree.ts';

const FILES = 20_000;
const BYTES = 2.13e9;
const MEDIAN_BYTES = 16_000;
const SPREAD = 1.94;
const LARGEST_BYTES = 60e6;
const FILES_IN_FOLDER = 40;
const TWINS = 0.087;
const NEAR_TWINS = 0.015;
const PIECE_BYTES = 24 << 10;
const EDIT_BYTES = 600;

/** How often a kind occurs among a hundred files, and how much of it is text. */
const KINDS = [
  { extension: 'docx', often: 20, text: 0.2, write: prose },
  { extension: 'xlsx', often: 14, text: 0.2, write: rows },
  { extension: 'pdf', often: 20, text: 0.4, write: prose },
  { extension: 'jpg', often: 8, text: 0.02, write: prose },
  { extension: 'csv', often: 20, text: 1, write: rows },
  { extension: 'eml', often: 18, text: 0.9, write: prose },
] as const;

/** As many lots for each kind as it is often. */
const LOTS = KINDS.flatMap((kind) => Array.from({ length: kind.often }, () => kind));

export function officeShare(scale: number): TreePlan {
  const files = Math.round(FILES * scale);
  const wanted = Array.from({ length: Math.ceil(files * 1.005) }, (_, file) => logNormal(file));
  const factor = (BYTES * scale) / wanted.slice(0, files).reduce((sum, size) => sum + size, 0);
  const sizeOf = (file: number) => Math.round(wanted[file]! * factor);
  const modelOf = (file: number) => (isTwin(file) || isNearTwin(file) ? original(file) : file);
  return {
    files,
    pathOf: (file) =>
      `${folderOf(homeOf(file, files))}/${mix(file, 30).toString(36)}-${file}.${kindOf(modelOf(file)).extension}`,
    contentOf(file, day) {
      const content = document(modelOf(file), sizeOf(modelOf(file)), modelOf(file) === file ? day : 1);
      return isNearTwin(file) || (day === 2 && modelOf(file) !== file)
        ? edited(content, file + day)
        : content;
    },
  };
}

function logNormal(file: number): number {
  const radius = Math.sqrt(-2 * Math.log(share(file, 31) + 1e-10));
  const normal = radius * Math.cos(2 * Math.PI * share(file, 32));
  return Math.max(40, Math.min(LARGEST_BYTES, MEDIAN_BYTES * Math.exp(SPREAD * normal)));
}

function folderOf(file: number): string {
  const folder = Math.floor(file / FILES_IN_FOLDER);
  return `service-${folder % 12}/client ${folder % 97}/${2015 + (folder % 11)}-${folder}`;
}

function kindOf(file: number) {
  return LOTS[mix(file, 33) % LOTS.length]!;
}

function isTwin(file: number): boolean {
  return file > 0 && share(file, 34) < TWINS;
}

function isNearTwin(file: number): boolean {
  return file > 0 && !isTwin(file) && share(file, 34) < TWINS + NEAR_TWINS;
}

/** The earlier file that a twin is a copy of. */
function original(file: number): number {
  const earlier = mix(file, 35) % file;
  return isTwin(earlier) || isNearTwin(earlier) ? original(earlier) : earlier;
}

/** Text and packed bytes in turn. Whoever saves a document writes a packed one anew, and adds to a plain one. */
function document(file: number, size: number, day: Day): Buffer {
  const { text, write } = kindOf(file);
  const seed = mix(file, 36 + day);
  if (text >= 0.9 && day === 2) {
    const more = Buffer.alloc(2000 + Math.round(size / 20));
    write(more, seed);
    return Buffer.concat([document(file, size, 1), more]);
  }
  const content = randomBytes(size, seed);
  for (let at = 0, piece = 0; at < content.length; piece++) {
    const end = Math.min(content.length, at + PIECE_BYTES);
    write(content.subarray(at, at + Math.round((end - at) * text)), mix(seed, piece));
    at = end;
  }
  return content;
}

/** A copy in which somebody changed a paragraph. */
function edited(content: Buffer, seed: number): Buffer {
  const at = Math.floor(content.length / 3);
  prose(content.subarray(at, at + EDIT_BYTES), seed);
  return content;
}
