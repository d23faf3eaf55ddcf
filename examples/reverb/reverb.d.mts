import type { Engine } from "convoke";

export declare function reverb(
  engine: Engine,
  dry: readonly Float32Array[],
  room: readonly Float32Array[],
  options?: { wet?: number },
): Promise<Float32Array<ArrayBuffer>[]>;
