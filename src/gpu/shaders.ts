// Every shader file by its name, inlined as text at build time.
const FILES: Record<string, string> = import.meta.glob("../../shaders/**/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The text of shaders/<name>.wgsl. */
export function shaderText(name: string): string {
  const text = FILES[`../../shaders/${name}.wgsl`];
  if (text === undefined) throw new Error(`no shader file named ${name}.wgsl in shaders/`);
  return text;
}
