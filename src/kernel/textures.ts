// Textures: how a kernel that binds a range of an operand as a texture finds its numbers. A texel holds four of them (rgba32float), and the texels of the
// range fill the texture row by row. The executable copies the range before the step (gpu/executable.ts).
//
// Software adapters may load from textures many times as fast as from storage (gemm/bindings.ts).

/** Texels of a row: a power of two, so that a kernel finds a texel by a mask and a shift. */
export const TEXTURE_WIDTH = 1024;

/** Bytes of a texel, and of a row. */
export const TEXEL_BYTES = 16;
export const ROW_BYTES = TEXTURE_WIDTH * TEXEL_BYTES;

/** Bytes of the texture that holds a range of `size` bytes. */
export function textureBytes(size: number): number {
  return Math.ceil(size / ROW_BYTES) * ROW_BYTES;
}
