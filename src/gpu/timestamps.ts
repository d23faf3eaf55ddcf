// Timestamps: seconds between two points of a command buffer by the GPU's own clock (WebGPU specification, section 20.4), for environments that
// report the completion of work late.
import { BufferUsage, MAP_READ_MODE } from "./usage.ts";

/** GPUBufferUsage.QUERY_RESOLVE */
const QUERY_RESOLVE = 0x0200;

/** Size in bytes of two 64-bit timestamps. */
const BYTES = 16;

export class Timestamps {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #mapped: GPUBuffer;

  /** @param device a device with the feature timestamp-query */
  constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ label: "convoke timing", type: "timestamp", count: 2 });
    this.#resolved = this.#buffer(QUERY_RESOLVE | BufferUsage.COPY_SRC);
    this.#mapped = this.#buffer(BufferUsage.COPY_DST | BufferUsage.MAP_READ);
  }

  /** Records the first point. */
  begin(encoder: GPUCommandEncoder): void {
    const timestampWrites = { querySet: this.#queries, beginningOfPassWriteIndex: 0 };
    encoder.beginComputePass({ timestampWrites }).end();
  }

  /** Records the second point. */
  end(encoder: GPUCommandEncoder): void {
    const timestampWrites = { querySet: this.#queries, endOfPassWriteIndex: 1 };
    encoder.beginComputePass({ timestampWrites }).end();
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

  #buffer(usage: number): GPUBuffer {
    return this.#device.createBuffer({ label: "convoke timing", size: BYTES, usage });
  }
}
