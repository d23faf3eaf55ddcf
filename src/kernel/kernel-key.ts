// The key of a kernel: a short text that is the same for equal kernels, and quick to make, unlike the source that it stands for.
import { numberOf } from "./shader.ts";
import type { Kernel } from "./step.ts";

export function kernelKey(kernel: Kernel): string {
  const { constants, aliases, functions, readWrite, subgroupSize, compact, brief } = kernel;
  return JSON.stringify([
    kernel.shaders.map(numberOf),
    ...[constants, aliases, functions, readWrite, subgroupSize, compact, brief],
  ]);
}
