// Reads the pixels of a texture back: for a file, or where a browser cannot show a canvas that WebGPU drew on.

/** Rows of textures in buffers start at multiples of this many bytes. */
const ROW_STEP = 256;

/** @param texture of format rgba8unorm or bgra8unorm, with usage COPY_SRC */
export async function readPixels(device: GPUDevice, texture: GPUTexture): Promise<ImageData> {
  const { width, height } = texture;
  const bytesPerRow = Math.ceil((4 * width) / ROW_STEP) * ROW_STEP;
  const buffer = device.createBuffer({
    label: "pixels",
    size: bytesPerRow * height,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  try {
    const encoder = device.createCommandEncoder({ label: "pixels" });
    encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, { width, height });
    device.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const rows = new Uint8Array(buffer.getMappedRange());
    const image = new ImageData(width, height);
    for (let y = 0; y < height; y++)
      image.data.set(rows.subarray(y * bytesPerRow, y * bytesPerRow + 4 * width), 4 * y * width);
    if (texture.format === "bgra8unorm") swapRedAndBlue(image.data);
    return image;
  } finally {
    buffer.destroy();
  }
}

function swapRedAndBlue(data: Uint8ClampedArray): void {
  for (let at = 0; at < data.length; at += 4) {
    const blue = data[at]!;
    data[at] = data[at + 2]!;
    data[at + 2] = blue;
  }
}

/** A texture to draw on and to read. */
export function makeTarget(
  device: GPUDevice,
  format: GPUTextureFormat,
  size: { readonly width: number; readonly height: number },
): GPUTexture {
  return device.createTexture({
    label: "result",
    size,
    format,
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
}
