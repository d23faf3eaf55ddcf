// The page's two shaders, compiled once for a device: pixels to planes and planes to pixels.
import draw from "./draw.wgsl?raw";
import unpack from "./unpack.wgsl?raw";

export interface Programs {
  readonly unpack: GPUComputePipeline;
  readonly draw: GPURenderPipeline;
}

/** @param format of the texture that results are drawn on */
export async function makePrograms(device: GPUDevice, format: GPUTextureFormat): Promise<Programs> {
  const drawing = device.createShaderModule({ label: "draw", code: draw });
  const [unpacking, rendering] = await Promise.all([
    device.createComputePipelineAsync({
      label: "unpack",
      layout: "auto",
      compute: { module: device.createShaderModule({ label: "unpack", code: unpack }) },
    }),
    device.createRenderPipelineAsync({
      label: "draw",
      layout: "auto",
      vertex: { module: drawing },
      fragment: { module: drawing, targets: [{ format }] },
    }),
  ]);
  return { unpack: unpacking, draw: rendering };
}
