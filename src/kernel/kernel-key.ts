// The key of a kernel: a short text that is the same for equal kernels, and quick to make, unlike the source that it stands for.
import { numberOf } from "./shader.ts";
import type { Kernel } from "./step.ts";

export function kernelKey({
  shaders,
  constants,
  aliases,
  functions,
  readWrite,
  subgroupSize,
  compact,
  brief,
}: Kernel): string {
  return JSON.stringify([
    shaders.map(numberOf),
    constants,
    aliases,
    functions,
    readWrite,
    subgroupSize,
    compact,
    brief,
  ]);
}
