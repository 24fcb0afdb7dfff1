import { hash, verify } from '@node-rs/argon2';

// OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

// Somebody who is not known costs as much time as somebody who is.
const NOBODY = hashPassword(crypto.randomUUID());

/** Whether the password is the one of this hash; false, and as slow, where there is no hash. */
export async function checkPassword(known: string | null, password: string): Promise<boolean> {
  const isRight = await verify(known ?? (await NOBODY), password);
  return isRight && known !== null;
}
