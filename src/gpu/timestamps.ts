// Timestamps: seconds from the begin of the first pass of a command buffer to the end of its last by the GPU's own clock (WebGPU specification,
// section 20.4), for environments that report the completion of work late. They lie on the passes that work: a GPU that renders in tiles may
// run an empty pass beside them before or after others.
import { BufferUsage, MAP_READ_MODE } from "./usage.ts";

/** GPUBufferUsage.QUERY_RESOLVE */
const QUERY_RESOLVE = 0x0200;

/** Size in bytes of two 64-bit timestamps. */
const BYTES = 16;

type Begin = (descriptor?: GPUComputePassDescriptor) => GPUComputePassEncoder;

/** An encoder whose compute passes are begun by `begin`. */
function withPasses(encoder: GPUCommandEncoder, begin: Begin): GPUCommandEncoder {
  return new Proxy(encoder, {
    get(target, name) {
      if (name === "beginComputePass") return begin;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** Counts the compute passes that are recorded; what is recorded is dropped. */
export function countPasses(device: GPUDevice, record: (encoder: GPUCommandEncoder) => void): number {
  let passes = 0;
  const encoder = device.createCommandEncoder({ label: "convoke timing" });
  record(
    withPasses(encoder, (descriptor) => {
      passes++;
      return encoder.beginComputePass(descriptor);
    }),
  );
  return passes;
}

export class Timestamps {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #mapped: GPUBuffer;

  /** @param device a device with the feature timestamp-query */
  constructor(device: GPUDevice) {
    const buffer = (usage: number): GPUBuffer => device.createBuffer({ label: "convoke timing", size: BYTES, usage });
    this.#queries = device.createQuerySet({ label: "convoke timing", type: "timestamp", count: 2 });
    this.#resolved = buffer(QUERY_RESOLVE | BufferUsage.COPY_SRC);
    this.#mapped = buffer(BufferUsage.COPY_DST | BufferUsage.MAP_READ);
  }

  /** Records work of a number of compute passes, at least one, between the two points. */
  record(encoder: GPUCommandEncoder, passes: number, record: (encoder: GPUCommandEncoder) => void): void {
    let pass = 0;
    record(
      withPasses(encoder, (descriptor) => {
        pass++;
        const timestampWrites = {
          querySet: this.#queries,
          ...(pass === 1 && { beginningOfPassWriteIndex: 0 }),
          ...(pass === passes && { endOfPassWriteIndex: 1 }),
        };
        return encoder.beginComputePass({
          ...descriptor,
          ...((pass === 1 || pass === passes) && { timestampWrites }),
        });
      }),
    );
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#mapped, 0, BYTES);
  }

  /** Waits for the submitted work; returns the seconds between the two points. */
  async read(): Promise<number> {
    await this.#mapped.mapAsync(MAP_READ_MODE);
    const [begin, end] = new BigUint64Array(this.#mapped.getMappedRange()) as unknown as [bigint, bigint];
    // A clock that was set back between the two gives a negative time.
    const nanoseconds = Number(BigInt.asIntN(64, end - begin));
    this.#mapped.unmap();
    return nanoseconds / 1e9;
  }

  destroy(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#mapped.destroy();
  }
}
