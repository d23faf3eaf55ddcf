// Imports of WGSL files, as scripts/wgsl.mjs loads them.
declare module "*.wgsl" {
  const shader: import("./kernel/shader.ts").Shader;
  export default shader;
}
