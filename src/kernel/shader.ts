// Shader: a WGSL file as modules import it, loaded by scripts/wgsl.mjs.

/** A file of shaders/. Modules import those they use, so that a bundler drops the others. */
export interface Shader {
  /** Path below shaders/ without the extension: "ops/softmax/softmax". The library build has none. */
  readonly name?: string;
  readonly text: string;
}

/** The variable of the uniform struct, and the name of its type. */
export const UNIFORM = /@group\(0\)\s*@binding\(0\)\s*var<uniform>\s*\w+:\s*(\w+);/;

/** What a kernel is called in labels and errors: the name of its last shader, or, for want of one, of its uniform struct. */
export function labelOf(shaders: readonly Shader[]): string {
  const struct = shaders.map(({ text }) => UNIFORM.exec(text)?.[1]).find((name) => name !== undefined);
  return shaders.at(-1)?.name ?? struct ?? "empty";
}

/** Numbers that stand for shader files. */
const numbers = /* @__PURE__ */ new WeakMap<Shader, number>();
let count = 0;

/** Returns the number of a shader file, different for each. */
export function numberOf(shader: Shader): number {
  let number = numbers.get(shader);
  if (number === undefined) numbers.set(shader, (number = count++));
  return number;
}
