// Memory that held NaN before, with a guard behind it: whatever is not written, or read before it is written, shows as NaN.
import type { Engine } from "../../src/index.ts";

const GUARD_WORDS = 64;
const POISON = 0x7fc07ead; // a quiet NaN with a payload that no arithmetic makes, and as two halves NaN twice

export interface Poisoned {
  readonly buffer: GPUBuffer;
  /** Whether the guard is intact. */
  isGuarded(): Promise<boolean>;
}

export function poisoned(engine: Engine, bytes: number): Poisoned {
  const { device } = engine;
  const buffer = device.createBuffer({
    size: bytes + GUARD_WORDS * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    mappedAtCreation: true,
  });
  new Uint32Array(buffer.getMappedRange()).fill(POISON);
  buffer.unmap();
  return {
    buffer,
    async isGuarded() {
      const all = engine.wrap(buffer, [buffer.size / 4]);
      const { buffer: words } = await all.read();
      all.destroy();
      return new Uint32Array(words, bytes, GUARD_WORDS).every((word) => word === POISON);
    },
  };
}
