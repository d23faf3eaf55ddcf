// Shader: a WGSL file as it is imported, by the loader in scripts/wgsl.mjs.

/** A file of shaders/. Modules import the ones they use, so that a bundler drops the others. */
export interface Shader {
  /** Path below shaders/, without the ending: "ops/softmax/softmax". It labels pipelines and stands for the text in keys. */
  readonly name: string;
  readonly text: string;
}
