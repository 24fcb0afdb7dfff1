/** One thing found at the source, and the line that tells of it. */
import type { Reservation } from '../contract.ts';
import type { MemberType } from '../tar/header.ts';

/** Paths and names are encoded as `paths.ts` says; `.` is the root itself. */
export interface Entry {
  path: string;
  type: MemberType | 'socket' | 'unknown';
  /** Of the whole content, holes read as zeros. Files only. */
  sha256?: string;
  /** Number of the pack in which the member begins, its place in that pack's tar bytes, and its length. Absent when nothing was stored. */
  at?: [pack: number, offset: number, span: number];
  /** Path under which the content lies in the tar stream, when that is another file's: the member's facts are then not these. */
  copy?: string;
  /** Offset and length of each stretch of data in a sparse file. */
  sparse?: [number, number][];
  /** Extended attributes by name, in base64. ACLs are among them. */
  xattrs?: Record<string, string>;
  /** A symlink's target, or the path of the first name of the same file. */
  link?: string;
  device?: [number, number];
  /** Of the content; only files have one. */
  size?: number;
  mode?: string;
  uid?: number;
  gid?: number;
  user?: string;
  group?: string;
  /** Nanoseconds since 1970, as text: too long for a JSON number. */
  mtime?: string;
  /** With `ino`, shows the next run that nothing changed. */
  ctime?: string;
  ino?: string;
  reservation?: Omit<Reservation, 'path'>;
}

export type StoredEntry = Entry & { at: [number, number, number] };

/** Whether the packs hold this entry. */
export function isStored(entry: Entry): entry is StoredEntry {
  return entry.at !== undefined;
}

/** A line in two parts: what was found, and what was known before looking. The second part is the same while nothing changes. */
export function entryLine(entry: Entry, facts: string): string {
  const { path, type, sha256, at, copy, sparse, xattrs, link, device, reservation } = entry;
  let line = `{"path":"${path}","type":"${type}"`;
  if (sha256 !== undefined) line += `,"sha256":"${sha256}"`;
  if (at) line += `,"at":[${at[0]},${at[1]},${at[2]}]`;
  if (copy !== undefined) line += `,"copy":"${copy}"`;
  if (sparse) line += `,"sparse":${JSON.stringify(sparse)}`;
  if (xattrs) line += `,"xattrs":${JSON.stringify(xattrs)}`;
  if (link !== undefined) line += `,"link":"${link}"`;
  if (device) line += `,"device":[${device[0]},${device[1]}]`;
  line += facts;
  if (reservation) line += `,"reservation":${JSON.stringify(reservation)}`;
  return `${line}}`;
}

/** The second part of a line. */
export function factsOf({ size, mode, uid, gid, user, group, mtime, ctime, ino }: Entry): string {
  let facts = size === undefined ? '' : `,"size":${size}`;
  if (mode !== undefined) facts += `,"mode":"${mode}","uid":${uid},"gid":${gid}`;
  if (user) facts += `,"user":"${user}"`;
  if (group) facts += `,"group":"${group}"`;
  if (mtime !== undefined) facts += `,"mtime":"${mtime}"`;
  return ctime === undefined ? facts : `${facts},"ctime":"${ctime}","ino":"${ino}"`;
}

const PATH_AT = '{"path":"'.length;

/** The path of a line, without reading the rest. */
export function pathOf(line: string): string {
  return line.slice(PATH_AT, line.indexOf('"', PATH_AT));
}
