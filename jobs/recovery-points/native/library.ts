/** Calls into the C library and the libraries inside Node itself, for what Node has no name for or makes slow. */

type Signature = { arguments: string[]; return: string };
type Calls<Names extends string> = Record<
  Names,
  (...args: (number | bigint | Uint8Array)[]) => number | bigint
>;

/** The named functions, or null where this Node or machine cannot give them: the caller then does it the ordinary way. */
export function loadCalls<Names extends string>(signatures: Record<Names, Signature>): Calls<Names> | null {
  if (process.platform !== 'linux') return null;
  // `node:ffi` is new and says so in a warning, which is no news to who runs a backup.
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    const { dlopen } = process.getBuiltinModule('node:ffi');
    return dlopen(null, signatures as never).functions as unknown as Calls<Names>;
  } catch {
    // An older Node, another C library, or a build without these names.
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Address of a buffer's bytes, for calls too short to have it looked up each time. The buffer must be kept alive. */
export function addressOf(bytes: Buffer): bigint {
  return process.getBuiltinModule('node:ffi').getRawPointer(bytes) as bigint;
}
