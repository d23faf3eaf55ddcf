import { checkActivationGradient } from "./activation-gradient.ts";
// Gradients of biases on a device: there is one way to sum, so nothing is planned; what was compiled for a shape is kept.
import { type ChannelSums, channelSums } from "./algorithms/sum-channels.ts";
import { bytesFor } from "./dtype.ts";
import { describe, refuse } from "./error.ts";
import type { GpuContext } from "./gpu/context.ts";
import { Executable, type OperandBuffers } from "./gpu/executable.ts";
import { Kept } from "./gpu/kept.ts";
import { TENSOR_USAGE } from "./gpu/usage.ts";
import { checkTensor } from "./operands.ts";
import { type ConvBackwardBiasOptions, activationGradientOf } from "./operations.ts";
import { splitShape } from "./problem.ts";
import { elementCount } from "./shape.ts";
import { Tensor } from "./tensor.ts";
import { checkOptions, checkShape } from "./validate.ts";

/** Shapes kept ready; the least recently used goes first. */
const MAX_KEPT = 64;

interface Ready {
  readonly executable: Executable;
  readonly workspaceBytes: number;
  destroy(): void;
}

export class BiasGradients {
  readonly #gpu: GpuContext;
  readonly #kept: Kept<Ready>;

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
    this.#kept = new Kept(gpu, MAX_KEPT);
  }

  run(dy: Tensor, options: ConvBackwardBiasOptions): Tensor {
    checkOptions("options", options, ["activation", "output", "preActivation"]);
    const { shape, layout, dtype } = checkTensor("dy", dy, this.#gpu);
    checkShape("dy.shape", shape, [3, 4, 5]);
    const { description, inputs } = activationGradientOf(options, "dy");
    const { N, channels, spatial } = splitShape(shape, layout);
    const sums: ChannelSums = {
      ...{ N, channels, cells: elementCount(spatial), layout, dtype },
      ...(description.activationGradient && {
        gradient: checkActivationGradient(description.activationGradient, ["dy"]),
      }),
    };
    const buffers: OperandBuffers = { dy: dy.storage };
    for (const [name, given] of Object.entries(inputs)) buffers.gate = this.#alike(name, given, dy).storage;
    const { memory, failures, device, arena } = this.#gpu;
    return failures.watch("bias gradient", () => {
      const { executable, workspaceBytes } = this.#ready(sums);
      const size = bytesFor(channels, dtype);
      const buffer = memory.allocate("tensors", { label: "convoke db", size, usage: TENSOR_USAGE });
      try {
        buffers.db = buffer;
        if (workspaceBytes > 0) buffers.workspace = arena.acquire(workspaceBytes);
        const encoder = device.createCommandEncoder({ label: "convoke" });
        executable.encode(encoder, buffers);
        device.queue.submit([encoder.finish()]);
        return new Tensor(this.#gpu, buffer, [channels], { layout, dtype }, true);
      } catch (error) {
        memory.free(buffer);
        throw error;
      }
    });
  }

  /** A tensor of dy's shape, layout and type. */
  #alike(name: string, given: unknown, dy: Tensor): Tensor {
    const tensor = checkTensor(name, given, this.#gpu);
    for (const key of ["shape", "layout", "dtype"] as const) {
      if (describe(tensor[key]) !== describe(dy[key]))
        refuse("shape-mismatch", `${name}.${key}`, tensor[key], `${describe(dy[key])}, as dy has`);
    }
    return tensor;
  }

  #ready(sums: ChannelSums): Ready {
    return this.#kept.ready(JSON.stringify(sums), () => {
      const { steps, workspaceBytes } = channelSums(sums);
      const executable = new Executable(this.#gpu, steps);
      return { executable, workspaceBytes, destroy: () => executable.destroy() };
    });
  }
}
