// Files that break the rules of the format, and models that are not served: refused with the name of what it is about.
import { describe, expect, test } from "vitest";
import { readOnnx } from "../../src/onnx/load.ts";
import { type FieldOf, floats, input, longs, message, model, node, output, tensor } from "./encode.ts";
import { rejectionOf, thrownBy } from "./thrown.ts";

const X = input("x", [1, 2, 4, 4]);
const Y = output("y", [1, 2, 4, 4]);
const relu = (from: string, to: string): FieldOf => node({ operator: "Relu", inputs: [from], outputs: [to] });
const constant = (operator: string, ...inputs: string[]): FieldOf => node({ operator, inputs, outputs: ["y"] });

/** A model that Cast reads a tensor of. */
const holding = (field: FieldOf): FieldOf[] => [
  field,
  node({ operator: "Cast", inputs: ["b"], outputs: ["f"], attributes: { to: 1 } }),
  node({ operator: "Add", inputs: ["x", "f"], outputs: ["y"] }),
];

const INVALID: readonly [string, Uint8Array<ArrayBuffer>, string][] = [
  ["an empty file", new Uint8Array(), "model: got a file without a graph"],
  ["a graph that is cut off", model([X, Y, relu("x", "y")]).subarray(0, 40), "byte 3: got a length"],
  ["no operator set", model([X, Y, relu("x", "y")], null), "operator set"],
  ["no output", model([X, relu("x", "y")]), "model: got no output"],
  [
    "a circle",
    model([X, Y, relu("z", "y"), relu("y", "z")]),
    "node y: got the input z, expected one that is computed before",
  ],
  ["a node that reads itself", model([X, Y, relu("y", "y")]), "node y: got the input y"],
  ["a name that nothing computes", model([X, Y, relu("missing", "y")]), "the input missing"],
  ["an output that nothing computes", model([X, output("z", [1]), relu("x", "y")]), "output z: got nothing"],
  ["two results of a name", model([X, Y, relu("x", "y"), relu("x", "y")]), "node y: got the output y"],
  ["a result with the name of an input", model([X, Y, relu("x", "x")]), "node x: got the output x"],
  ["two inputs of a name", model([X, X, Y, relu("x", "y")]), "input x: got its name more than once"],
  [
    "two initializers of a name",
    model([X, Y, floats("b", [1], [1]), floats("b", [1], [1])]),
    "initializer b: got its name more than once",
  ],
  ["too few inputs", model([X, Y, constant("Conv", "x")]), "node y (Conv): got 1 inputs, expected 2 to 3"],
  ["too few bytes", model([X, Y, ...holding(floats("b", [3], [1, 2]))]), "initializer b: got 8 bytes, expected 12"],
  [
    "too few elements",
    model([X, Y, ...holding(tensor("b", [3], 6, [5, 1]))]),
    "initializer b: got 1 elements, expected 3",
  ],
  ["a negative size", model([X, Y, ...holding(tensor("b", [-1], 1))]), "initializer b: got [-1], expected a shape"],
  [
    "a path outside the folder",
    model([X, Y, ...holding(tensor("b", [1], 1, [14, 1], [13, message([1, "location"], [2, "../b"])]))]),
    "../b",
  ],
];

describe("invalid-model", () => {
  test.each(INVALID)("%s", async (_, bytes, expected) => {
    const error = await rejectionOf(readOnnx(bytes));
    expect(error.code).toBe("invalid-model");
    expect(error.message).toContain(expected);
  });
});

const attribute = (operator: string, attributes: Record<string, number | string>): Uint8Array<ArrayBuffer> =>
  model([X, Y, node({ operator, inputs: ["x"], outputs: ["y"], attributes })]);

const UNSUPPORTED: readonly [string, Uint8Array<ArrayBuffer>, string][] = [
  ["an old operator set", model([X, Y, relu("x", "y")], 6), "opset: got 6, expected one from 7 to 22"],
  ["a new operator set", model([X, Y, relu("x", "y")], 23), "opset: got 23"],
  ["control flow", attribute("If", {}), "node y (If): an operator that is not served"],
  ["a recurrent cell", attribute("LSTM", {}), "node y (LSTM): an operator that is not served"],
  [
    "an operator of another domain",
    model([X, Y, node({ operator: "Gelu", domain: "com.microsoft", inputs: ["x"], outputs: ["y"] })]),
    "node y (Gelu): an operator of com.microsoft that is not served",
  ],
  ["an unknown attribute", attribute("Relu", { slope: 1 }), "node y (Relu): attribute slope"],
  ["an unknown mode", attribute("DepthToSpace", { blocksize: 1, mode: "ABC" }), 'node y (DepthToSpace): mode "ABC"'],
  [
    "training",
    model([
      X,
      Y,
      node({
        operator: "BatchNormalization",
        inputs: ["x", "x", "x", "x", "x"],
        outputs: ["y"],
        attributes: { training_mode: 1 },
      }),
    ]),
    "node y (BatchNormalization): training_mode 1",
  ],
  ["an input without a shape", model([input("x"), Y, relu("x", "y")]), "input x: got no shape"],
  ["texts", model([input("x", [1], 8), Y, relu("x", "y")]), "input x: got element type 8"],
  [
    "more elements than a tensor may have",
    model([X, Y, ...holding(tensor("b", [2 ** 20, 2 ** 20], 1))]),
    "initializer b",
  ],
  [
    "sizes that overflow",
    model([X, Y, longs("s", [2 ** 40, 2 ** 40]), node({ operator: "ConstantOfShape", inputs: ["s"], outputs: ["y"] })]),
    "node y (ConstantOfShape): shape[0]",
  ],
  [
    "a shape that is data",
    model([X, Y, node({ operator: "Reshape", inputs: ["x", "x"], outputs: ["y"] })]),
    "node y (Reshape): input 1: got a result of the network",
  ],
  [
    "weights that do not fit",
    model([X, Y, floats("w", [1, 3, 1, 1], [1, 2, 3]), constant("Conv", "x", "w")]),
    "node y (conv): w.shape",
  ],
  [
    "arithmetic on indices",
    model([
      X,
      Y,
      node({ operator: "ArgMax", inputs: ["x"], outputs: ["i"] }),
      node({ operator: "Add", inputs: ["i", "i"], outputs: ["y"] }),
    ]),
    "node y (Add): a: got integers",
  ],
  [
    "statistics that are read",
    model(
      [
        X,
        Y,
        output("m", []),
        floats("s", [4], [1, 1, 1, 1]),
        node({ operator: "LayerNormalization", inputs: ["x", "s"], outputs: ["y", "m"] }),
      ],
      17,
    ),
    "node y (LayerNormalization): output 1",
  ],
];

describe("unsupported-model", () => {
  test.each(UNSUPPORTED)("%s", async (_, bytes, expected) => {
    const error = await rejectionOf(readOnnx(bytes));
    expect(error.code).toBe("unsupported-model");
    expect(error.message).toContain(expected);
  });

  test("names every node that is not served in one message, and none that no output needs", async () => {
    const nodes = [
      node({ operator: "Foo", name: "first", inputs: ["x"], outputs: ["a"] }),
      node({ operator: "Bar", name: "second", inputs: ["a"], outputs: ["b"], domain: "other" }),
      node({ operator: "Relu", name: "third", inputs: ["b"], outputs: ["y"], attributes: { odd: 1 } }),
      node({ operator: "Unneeded", name: "fourth", inputs: ["x"], outputs: ["c"] }),
    ];
    const { message: text } = await rejectionOf(readOnnx(model([X, Y, ...nodes])));
    for (const part of ["first (Foo)", "second (Bar)", "other", "third (Relu): attribute odd"])
      expect(text).toContain(part);
    expect(text).not.toContain("Unneeded");
  });
});

describe("shapes of the inputs", () => {
  const open = model([input("x", ["n", 2]), input("z", ["n", 2]), output("y"), constant("Add", "x", "z")]);

  test("are checked against the declared ones", async () => {
    const source = await readOnnx(open);
    expect(source.inputs).toMatchObject([
      { name: "x", shape: ["n", 2], dtype: "f32", layout: "channels-first" },
      { name: "z", shape: ["n", 2] },
    ]);
    expect(source.graph({ x: [3, 2], z: [3, 2] }).outputs.get("y")!.shape).toEqual([3, 2]);
    expect(thrownBy(() => source.graph({ x: [3, 2], z: [4, 2] })).message).toContain("n = 3");
    expect(thrownBy(() => source.graph({ x: [3, 3], z: [3, 3] })).message).toContain("x.shape");
    expect(thrownBy(() => source.graph({ x: [3, 2] })).message).toContain("z");
    expect(thrownBy(() => source.graph({ x: [3, 2], z: [3, 2], w: [1] })).message).toContain("w");
  });

  test("of an input that an initializer stands for are not asked for", async () => {
    const source = await readOnnx(model([X, input("b", [1]), floats("b", [1], [2]), Y, constant("Add", "x", "b")]));
    expect(source.inputs.map(({ name }) => name)).toEqual(["x"]);
  });
});

test("names nodes apart that the file names alike", async () => {
  const count = 3000;
  const nodes = Array.from({ length: count }, (_, at) =>
    node({
      ...{ operator: "Relu", name: "same" },
      inputs: [at === 0 ? "x" : `v${at - 1}`],
      outputs: [at === count - 1 ? "y" : `v${at}`],
    }),
  );
  const source = await readOnnx(model([X, Y, ...nodes]));
  const names = source.graph({}).nodes.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(["same", "same/2"]);
  expect(new Set(names).size).toBe(count);
});

test("does not compute more from constants than it says", async () => {
  const nodes = Array.from({ length: 40 }, (_, at) =>
    node({ operator: "Concat", inputs: [`c${at}`, `c${at}`], outputs: [`c${at + 1}`], attributes: { axis: 0 } }),
  );
  const error = await rejectionOf(readOnnx(model([X, output("c40"), longs("c0", [1, 2, 3, 4]), ...nodes])));
  expect(error).toMatchObject({ code: "unsupported-model" });
  expect(error.message).toContain("numbers computed from constants");
});
