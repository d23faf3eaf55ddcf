// The key of a kernel: a short text that is the same for equal kernels, and quick to make, unlike the source that it stands for.
import type { Shader } from "./shader.ts";
import type { Kernel } from "./step.ts";

/** Numbers that stand for shader files. */
const numbers = /* @__PURE__ */ new WeakMap<Shader, number>();
let count = 0;

/** Returns the number of a shader file, different for each. */
export function numberOf(shader: Shader): number {
  let number = numbers.get(shader);
  if (number === undefined) numbers.set(shader, (number = count++));
  return number;
}

export function kernelKey({ shaders, constants, aliases, functions, readWrite, subgroupSize }: Kernel): string {
  return JSON.stringify([shaders.map(numberOf), constants, aliases, functions, readWrite, subgroupSize]);
}
