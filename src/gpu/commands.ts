// Commands: what is recorded on an encoder, dispatches and copies in turns. Dispatches that follow each other share a compute pass.

/** Where work is recorded: dispatches in a pass, copies on the encoder outside any pass. */
export interface Target {
  readonly pass: GPUComputePassEncoder;
  readonly encoder: GPUCommandEncoder;
}

/** Records the dispatches of a call, and the copies before them. */
export type Recording = (target: Target) => void;

export class Commands implements Target {
  readonly #encoder: GPUCommandEncoder;
  #pass: GPUComputePassEncoder | undefined;

  constructor(encoder: GPUCommandEncoder) {
    this.#encoder = encoder;
  }

  /** The open pass, begun if there is none. */
  get pass(): GPUComputePassEncoder {
    return (this.#pass ??= this.#encoder.beginComputePass());
  }

  /** The encoder, outside any pass. */
  get encoder(): GPUCommandEncoder {
    this.end();
    return this.#encoder;
  }

  /** Ends the open pass. */
  end(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  finish(): GPUCommandBuffer {
    return this.encoder.finish();
  }
}
