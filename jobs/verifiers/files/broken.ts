/** Why a file does not open, in a few words of English for records; pages name the file and its kind. */
export class Broken extends Error {
  override name = 'Broken';
}

/** Nothing can be said: it asks for a password. */
export class Locked extends Error {
  override name = 'Locked';
}

/** What is unpacked of one file at most: an archive may hold a thousand times its size. */
export const MOST_UNPACKED = 1 << 30;
