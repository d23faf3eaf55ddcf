// Shader: a WGSL file as modules import it, loaded by scripts/wgsl.mjs.

/** A file of shaders/. Modules import those they use, so that a bundler drops the others. */
export interface Shader {
  /** Path below shaders/ without the ending: "ops/softmax/softmax". Labels pipelines, and stands for the text in keys. */
  readonly name: string;
  readonly text: string;
}
