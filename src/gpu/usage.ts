// Buffer usages, and the check of a buffer that the caller gives.
import { refuse, words } from "../base/error.ts";

/** The values of the WebGPU specification (section 5.1.1): in Node the globals GPUBufferUsage and GPUMapMode exist only if the caller defines them. */
export const BufferUsage = { MAP_READ: 0x01, COPY_SRC: 0x04, COPY_DST: 0x08, UNIFORM: 0x40, STORAGE: 0x80 } as const;

/** The same of textures (section 6.1.2). */
export const TextureUsage = { COPY_DST: 0x02, TEXTURE_BINDING: 0x04, STORAGE_BINDING: 0x08 } as const;

/** Usage of every tensor that the engine allocates: UNIFORM for adapters that load small inputs from uniforms (Binding.uniform). */
export const TENSOR_USAGE = BufferUsage.STORAGE | BufferUsage.UNIFORM | BufferUsage.COPY_SRC | BufferUsage.COPY_DST;

/** GPUMapMode.READ */
export const MAP_READ_MODE = 0x01;

/**
 * Checks for a storage buffer of at least `bytes` bytes. Errors name what the argument takes, and what needs the bytes.
 * @throws ConvError if the argument is not such a buffer
 */
export function checkBuffer(
  argument: string,
  given: unknown,
  bytes: number,
  { takes = "a GPUBuffer", need = "" } = {},
): GPUBuffer {
  const buffer = given as GPUBuffer | undefined;
  if (typeof buffer !== "object" || typeof buffer?.size !== "number" || typeof buffer.usage !== "number")
    refuse("invalid-argument", argument, given, takes);
  if (buffer.size < bytes)
    refuse("shape-mismatch", argument, words(`a buffer of ${buffer.size} bytes`), `at least ${bytes} bytes${need}`);
  if (!(buffer.usage & BufferUsage.STORAGE))
    refuse("invalid-argument", argument, words(`usage ${buffer.usage}`), "a usage with GPUBufferUsage.STORAGE");
  return buffer;
}
