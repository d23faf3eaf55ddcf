// Shader: a WGSL file as modules import it, loaded by scripts/wgsl.mjs.

/** A file of shaders/. Modules import those they use, so that a bundler drops the others. */
export interface Shader {
  /** Path below shaders/ without the extension: "ops/softmax/softmax". Labels pipelines; empty for snippets in the library build. */
  readonly name: string;
  readonly text: string;
}
