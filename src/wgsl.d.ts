// Types imports of WGSL files, which scripts/wgsl.mjs loads.
declare module "*.wgsl" {
  const shader: import("./kernel/shader.ts").Shader;
  export default shader;
}
