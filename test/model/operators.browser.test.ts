// Every operator of graphs on a GPU: what it infers is what it returns.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Dtype, type Engine, type Layout, type Tensor, createEngine } from "../../src/index.ts";
import { operators } from "../../src/model/operators.ts";
import { Arguments, type OperationCall, describedBy, placesOf } from "../ops/call.ts";
import { operationCalls } from "../ops/calls.ts";
import { newDevice } from "../suite/counting.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ device: await newDevice(["shader-f16"]), tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
});

/** The names of tensor arguments, where they are not x. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(["linear", "deformableConv", "conv", "convTranspose"].map((name) => [name, ["x", "w"]])),
  ...Object.fromEntries(
    [
      ...["add", "sub", "multiply", "divide", "power", "minimum", "maximum"],
      ...["equal", "greater", "greaterOrEqual", "matmul"],
    ].map((name) => [name, ["a", "b"]]),
  ),
  where: ["condition", "a", "b"],
  prelu: ["x", "slope"],
  gridSample: ["x", "grid"],
  maxUnpool: ["x", "indices"],
  roiAlign: ["x", "rois", "batchIndices"],
};

/** The name that a node gives to the tensor at a place of a call. */
function inputName({ operation }: OperationCall, place: string): string {
  const [first, second] = place.split(".") as [string, string | undefined];
  if (first === "options") return second!;
  return second ?? (NAMES[operation] ?? ["x"])[Number(first)]!;
}

function optionsOf({ operation, options, plain }: OperationCall): Record<string, unknown> {
  if (operation === "activate") return { activation: options };
  return { ...(options as object | undefined), ...(plain && { shape: plain[0] }) };
}

const LAYOUTS: readonly Layout[] = ["channels-first", "channels-last"];

const convolutions = (layout: Layout): OperationCall[] => {
  const map = (channels: number): number[] => (layout === "channels-first" ? [2, channels, 6, 6] : [2, 6, 6, channels]);
  const weights = layout === "channels-first" ? [4, 4, 3, 3] : [3, 3, 4, 4];
  const common = { given: [map(4), weights], tensors: { bias: [4] } };
  return ["conv", "convTranspose"].map((operation) => ({
    ...common,
    operation: operation as never,
    options: { stride: 2, padding: 1, activation: "relu" },
  }));
};

const calls = LAYOUTS.flatMap((layout) =>
  [...operationCalls({ layout, channels: 4, size: 6 }), ...convolutions(layout)]
    .filter(({ operation }) => operation in operators)
    .map((call, at) => ({ name: `${call.operation} ${at}`, layout, call })),
);

it.each(calls)("$name, $layout: infers what it returns", ({ layout, call }) => {
  const dtype: Dtype = engine.device.features.has("shader-f16") ? "f16" : "f32";
  const given = new Arguments(engine, call, { layout, dtype });
  const values = placesOf(call).map(([place, one]) => [
    inputName(call, place),
    { name: place, layout, ...describedBy(one, dtype) },
  ]);
  const tensors = [...given.tensors].map(([place, tensor]) => [inputName(call, place), tensor]);
  const operator = operators[call.operation]!;
  const inferred = operator.infer(Object.fromEntries(values), optionsOf(call));
  const made = operator.run(Object.fromEntries(tensors) as Record<string, Tensor>, optionsOf(call));
  expect(inferred).toEqual(made.map((one) => ({ shape: one.shape, layout: one.layout, dtype: one.dtype })));
  for (const tensor of [...made, ...given.tensors.values()]) tensor.destroy();
});

it("leaves no operator out", () => {
  const tested = new Set<string>(calls.map(({ call }) => call.operation));
  expect(Object.keys(operators).filter((name) => !tested.has(name))).toEqual([]);
});
