// Tells constants apart by where they lie in memory, for what is computed from them once.
import type { Value } from "./graph.ts";

const numbers = new WeakMap<ArrayBufferLike, number>();
let buffers = 0;

/** Numbers that tell where elements lie in memory: arrays with the same have the same elements. */
export function memoryOf({ buffer, byteOffset, length }: NonNullable<Value["data"]>): readonly number[] {
  let number = numbers.get(buffer);
  if (number === undefined) numbers.set(buffer, (number = buffers++));
  return [number, byteOffset, length];
}
