// Convoke with a model of the suite, on an engine of its own: nothing is compiled or planned before.
import { type Tensor, type TensorDtype, createEngine } from "../../src/index.ts";
import { loadLayers } from "../../src/layers/index.ts";
import { loadOnnx } from "../../src/onnx/index.ts";
import { GpuBytes } from "./gpu-bytes.ts";
import { type ModelOrder, type ModelResult, measureModel } from "./measure.ts";

let bytes: GpuBytes | undefined;

export async function runModel(order: ModelOrder): Promise<ModelResult> {
  bytes ??= new GpuBytes();
  const engine = await createEngine({ tuning: "forget" });
  const trouble: string[] = [];
  engine.device.addEventListener("uncapturederror", (event) => trouble.push(event.error.message));
  try {
    const result = await measureModel(
      async ({ format, input }, address, values) => {
        const model = await (format === "onnx" ? loadOnnx : loadLayers)(engine, address);
        const { layout } = model.inputs[0]!;
        const x = engine.tensor(values, input.shape, { layout });
        let last: Record<string, Tensor<TensorDtype>> = {};
        const release = (): void => {
          for (const tensor of Object.values(last)) tensor.destroy();
        };
        return {
          device: engine.device,
          async run() {
            release();
            last = await model.run({ [input.name]: x });
          },
          sync: () => engine.device.queue.onSubmittedWorkDone(),
          async read() {
            const read = Object.entries(last).map(async ([name, tensor]) => [name, await tensor.read()] as const);
            return Object.fromEntries(await Promise.all(read));
          },
          dispose() {
            release();
            x.destroy();
            model.destroy();
          },
        };
      },
      bytes,
      order,
    );
    if (trouble.length > 0) throw new Error(trouble[0]);
    return result;
  } finally {
    engine.destroy();
  }
}
