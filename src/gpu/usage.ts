// Buffer usages, with their values from the WebGPU specification (section 5.1.1): in Node the globals GPUBufferUsage and GPUMapMode exist only if
// the caller defines them.
export const BufferUsage = { MAP_READ: 0x01, COPY_SRC: 0x04, COPY_DST: 0x08, UNIFORM: 0x40, STORAGE: 0x80 } as const;

/** Usage of every tensor that the engine allocates. */
export const TENSOR_USAGE = BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST;

/** GPUMapMode.READ */
export const MAP_READ_MODE = 0x01;
