// Textures: how a kernel that binds a range of an operand as a texture finds its numbers. A texel holds four of them (rgba32float), and the texels of the
// range fill the texture row by row. The executable copies the range before the step (gpu/executable.ts).
//
// Software adapters may load from textures many times as fast as from storage (gemm/bindings.ts).

/** Texels of a row: a power of two, so that a kernel finds a texel by a mask and a shift. */
export const TEXTURE_WIDTH = 1024;

/** Bytes of a texel, and of a row. */
export const TEXEL_BYTES = 16;
export const ROW_BYTES = TEXTURE_WIDTH * TEXEL_BYTES;

/**
 * Rows of the texture that holds a range of `size` bytes: an odd number from 3 on, since lavapipe compiles a kernel once for textures whose height is a
 * power of two, and once for all others.
 */
export function textureRows(size: number): number {
  const rows = Math.max(3, Math.ceil(size / ROW_BYTES));
  return rows % 2 === 0 ? rows + 1 : rows;
}

/** Bytes of the texture that holds a range of `size` bytes. */
export function textureBytes(size: number): number {
  return textureRows(size) * ROW_BYTES;
}
