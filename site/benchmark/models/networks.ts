// Whole networks that the page times, each on an engine of its own, so that nothing is compiled or held before.
import { createEngine } from "convoke";
import { type LayersFiles, loadLayers } from "convoke/layers";
import { timeCalls } from "../../../bench/calls.ts";
import { fetchNetwork } from "../../../examples/upscale/files.ts";
import { randomNumbers, until } from "../slices.ts";
import { MOBILENET_INPUT, makeMobilenet } from "./mobilenet.ts";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly files: (signal: AbortSignal) => Promise<LayersFiles>;
}

export interface NetworkTimes {
  /** Loading what is fetched, compiling, and the first run. */
  readonly firstMilliseconds: number;
  /** The median of later runs, and the samples. */
  readonly milliseconds: number;
  readonly samples: readonly number[];
  /** The most GPU memory that the engine held at once. */
  readonly peakBytes: number;
}

export const NETWORKS: readonly Network[] = [
  {
    ...{ id: "default-model", name: "Super-resolution", about: "@upscalerjs/default-model, a picture of 96 x 96" },
    input: { name: "LR", shape: [1, 96, 96, 3] },
    files: () => fetchNetwork(),
  },
  {
    ...{ id: "mobilenet-v2", name: "MobileNet v2", about: "224 x 224, with random weights from a seed" },
    ...{ input: MOBILENET_INPUT, files: makeMobilenet },
  },
];

const SAMPLES = 3;

/**
 * Times a network.
 * @throws Error if a result is not finite
 */
export async function timeNetwork({ input, files }: Network, signal: AbortSignal): Promise<NetworkTimes> {
  const network = await files(signal);
  const values = await randomNumbers(
    input.shape.reduce((product, size) => product * size, 1),
    1,
    signal,
  );
  const engine = await createEngine({ tuning: "forget" });
  try {
    const start = performance.now();
    using model = await loadLayers(engine, network, { signal });
    using x = engine.tensor(values, input.shape, { layout: "channels-last" });
    const once = async (): Promise<void> => {
      signal.throwIfAborted();
      for (const tensor of Object.values(await model.run({ [input.name]: x }, { signal }))) tensor.destroy();
    };
    const sync = (): Promise<undefined> => engine.device.queue.onSubmittedWorkDone();
    await until(signal, once());
    await until(signal, sync());
    const firstMilliseconds = performance.now() - start;
    const outputs = await until(signal, model.run({ [input.name]: x }));
    for (const tensor of Object.values(outputs)) {
      const finite = (await until(signal, tensor.read())).every((value) => Number.isFinite(value));
      tensor.destroy();
      if (!finite) throw new Error("its result is not finite");
    }
    const { seconds, samples } = await until(signal, timeCalls({ run: once, sync }, SAMPLES));
    return {
      ...{ firstMilliseconds, milliseconds: 1000 * seconds, peakBytes: engine.memory.peak },
      samples: samples.map((one) => 1000 * one),
    };
  } finally {
    engine.destroy();
  }
}
