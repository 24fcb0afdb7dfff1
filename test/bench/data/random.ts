/** Numbers and bytes that look random and are the same on every machine. */
import { createCipheriv } from 'node:crypto';

/** 32 bits that depend on nothing but the two numbers. */
export function mix(a: number, b: number): number {
  let bits = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x165667b1, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** From 0 up to, not including, 1. */
export function share(a: number, b: number): number {
  return mix(a, b) / 2 ** 32;
}

/** Bytes nothing can compress, no two seeds alike: the key stream of a cipher. */
export function randomBytes(count: number, seed: number): Buffer {
  const start = Buffer.alloc(16);
  start.writeUInt32BE(seed >>> 0);
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 'bench'), start).update(Buffer.alloc(count));
}
