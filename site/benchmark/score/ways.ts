// The ways to compute a contest: a plan of the engine, or the naive kernel.
import { ConvError, type ConvPlan, type Engine, type Tensor } from "convoke";
import type { Prepared } from "../prepare.ts";
import { until } from "../slices.ts";
import { type Contest, NAIVE } from "./contests.ts";
import naiveShader from "./naive.wgsl?raw";

export interface Way {
  readonly chosen: string;
  readonly variant?: string;
  readonly errorGrowth: number;
  /** The result of the runs. */
  readonly result: Tensor;
  encode(encoder: GPUCommandEncoder): void;
  destroy(): void;
}

/** Cells of a workgroup along each side. */
const SIDE = 8;

async function naiveWay(engine: Engine, { problem, inputs }: Prepared, signal: AbortSignal): Promise<Way> {
  const { device } = engine;
  const { C, K, input, output, kernel, stride, padBegin } = problem;
  const module = device.createShaderModule({ code: naiveShader });
  const compute = { module };
  const pipeline = await until(signal, device.createComputePipelineAsync({ layout: "auto", compute }));
  const sizes = [C, input[1], input[2], K, output[1], output[2], kernel[1], stride[1], padBegin[1]];
  const uniform = device.createBuffer({
    size: 4 * sizes.length,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(uniform, 0, Uint32Array.from(sizes));
  const result = engine.empty([1, K, output[1], output[2]]);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [uniform, inputs.x!.buffer, inputs.w!.buffer, result.buffer].map((buffer, binding) => ({
      ...{ binding, resource: { buffer } },
    })),
  });
  return {
    ...{ chosen: NAIVE, errorGrowth: 1, result },
    encode(encoder) {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.ceil(output[2] / SIDE), Math.ceil(output[1] / SIDE), K);
      pass.end();
    },
    destroy() {
      result.destroy();
      uniform.destroy();
    },
  };
}

/** Makes the way of a contest, and runs it once. @throws ConvError `unsupported` if the algorithm refuses the layer */
export async function wayOf(engine: Engine, contest: Contest, prepared: Prepared, signal: AbortSignal): Promise<Way> {
  if (contest.algorithm === NAIVE) {
    const way = await naiveWay(engine, prepared, signal);
    const encoder = engine.device.createCommandEncoder();
    way.encode(encoder);
    engine.device.queue.submit([encoder.finish()]);
    return way;
  }
  const { algorithm, maxErrorGrowth, dtype } = contest;
  if (dtype === "f16" && !engine.info.features.includes("shader-f16"))
    throw new ConvError("unsupported", "this device does not have shader-f16");
  const options = { algorithm, ...(maxErrorGrowth !== undefined && { maxErrorGrowth }) };
  const planned = engine.plan("forward", prepared.descriptor, options);
  const plan: ConvPlan = await until(signal, planned, (late) => late.destroy());
  try {
    const result = plan.run(prepared.inputs);
    const buffers = { ...prepared.inputs, [plan.resultName]: result };
    return {
      ...{ chosen: plan.algorithm, variant: plan.variant, errorGrowth: plan.errorGrowth, result },
      encode: (encoder) => plan.encode(encoder, buffers),
      destroy() {
        result.destroy();
        plan.destroy();
      },
    };
  } catch (error) {
    plan.destroy();
    throw error;
  }
}
