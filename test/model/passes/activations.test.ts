// Activations spelled out in arithmetic.
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../../../src/model/graph.ts";
import { optimise } from "../../../src/model/passes/index.ts";
import { recogniseActivations } from "../../../src/model/passes/recognise-activations.ts";
import { Builder, differenceOf, operatorsOf } from "../interpret.ts";

type Make = (call: Calls, x: Value) => Value;

/** Short calls of a builder. */
class Calls {
  readonly #builder: Builder;
  constructor(builder: Builder) {
    this.#builder = builder;
  }

  number = (value: number): Value => this.#builder.numbers([value], []);
  of = (operator: string, a: Value | number, b: Value | number, options = {}): Value => {
    const [one, other] = [a, b].map((value) => (typeof value === "number" ? this.number(value) : value));
    return this.#builder.call(operator, { a: one!, b: other! }, options);
  };
  activate = (x: Value, activation: unknown): Value => this.#builder.call("activate", x, { activation });
  clamp = (x: Value, min?: number, max?: number): Value =>
    this.#builder.call("clamp", x, { ...(min !== undefined && { min }), ...(max !== undefined && { max }) });
  unary = (operator: string, x: Value): Value => this.#builder.call(operator, x);
  erf = (x: Value): Value => this.#builder.call("erf", x);
  prelu = (x: Value, slopes: number[]): Value =>
    this.#builder.call("prelu", { x, slope: this.#builder.numbers(slopes, [slopes.length]) });
}

const gate = (call: Calls, x: Value): Value => call.of("add", call.erf(call.of("divide", x, Math.SQRT2)), 1);
const cubic = (call: Calls, x: Value, cube: Value): Value => {
  const sum = call.of("add", x, call.of("multiply", 0.044715, cube));
  return call.of("add", call.activate(call.of("multiply", sum, Math.sqrt(2 / Math.PI)), "tanh"), 1);
};
const SIXTH = Math.fround(1 / 6);

const RECOGNISED: Readonly<Record<string, readonly [make: Make, activation: unknown]>> = {
  "max(x, 0)": [(call, x) => call.of("maximum", x, 0), "relu"],
  "max(0, x)": [(call, x) => call.of("maximum", 0, x), "relu"],
  "clamp to 0": [(call, x) => call.clamp(x, 0), "relu"],
  "clamp to 0 and 6": [(call, x) => call.clamp(x, 0, 6), "relu6"],
  "min(relu(x), 6)": [(call, x) => call.of("minimum", call.activate(x, "relu"), 6), "relu6"],
  "bounds of bounds": [(call, x) => call.clamp(call.clamp(x, -1, 6), 0, 9), "relu6"],
  "max(x, x / 4)": [
    (call, x) => call.of("maximum", x, call.of("multiply", 0.25, x)),
    { name: "leaky-relu", slope: 0.25 },
  ],
  "one slope for all channels": [(call, x) => call.prelu(x, [0.5, 0.5]), { name: "leaky-relu", slope: 0.5 }],
  "slopes of 0": [(call, x) => call.prelu(x, [0]), "relu"],
  "min(max(x / 4 + 1/2, 0), 1)": [
    (call, x) => call.clamp(call.of("add", call.of("multiply", x, 0.25), 0.5), 0, 1),
    { name: "hard-sigmoid", alpha: 0.25, beta: 0.5 },
  ],
  "relu6(x + 3) / 6": [
    (call, x) => call.of("divide", call.clamp(call.of("add", x, 3), 0, 6), 6),
    { name: "hard-sigmoid", alpha: 1 / 6, beta: 0.5 },
  ],
  "x relu6(x + 3) / 6": [
    (call, x) => call.of("divide", call.of("multiply", x, call.clamp(call.of("add", 3, x), 0, 6)), 6),
    "hard-swish",
  ],
  "x (relu6(x + 3) 1/6)": [
    (call, x) => call.of("multiply", x, call.of("multiply", call.activate(call.of("add", x, 3), "relu6"), SIXTH)),
    "hard-swish",
  ],
  "hard-sigmoid(x) x": [
    (call, x) => call.of("multiply", call.activate(x, { name: "hard-sigmoid", alpha: SIXTH, beta: 0.5 }), x),
    "hard-swish",
  ],
  "x sigmoid(x)": [(call, x) => call.of("multiply", x, call.activate(x, "sigmoid")), "silu"],
  "x (1 + erf(x / sqrt 2)) 1/2": [(call, x) => call.of("multiply", call.of("multiply", x, gate(call, x)), 0.5), "gelu"],
  "1/2 x (1 + erf(x / sqrt 2))": [(call, x) => call.of("multiply", call.of("multiply", 0.5, x), gate(call, x)), "gelu"],
  "x (1/2 (1 + erf(x / sqrt 2)))": [
    (call, x) => call.of("multiply", x, call.of("multiply", gate(call, x), 0.5)),
    "gelu",
  ],
  "3 (2 x + 1) - 4": [
    (call, x) => call.of("sub", call.of("multiply", 3, call.of("add", call.of("multiply", x, 2), 1)), 4),
    { name: "linear", alpha: 6, beta: -1 },
  ],
  "log(1 + exp(x))": [(call, x) => call.unary("log", call.of("add", 1, call.unary("exp", x))), "softplus"],
  "1/2 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))": [
    (call, x) => call.of("multiply", call.of("multiply", 0.5, x), cubic(call, x, call.of("power", x, 3))),
    { name: "gelu", approximate: "tanh" },
  ],
  "x (1 + tanh(sqrt(2 / pi) (0.044715 x x x + x))) 1/2": [
    (call, x) =>
      call.of(
        "multiply",
        call.of("multiply", x, cubic(call, x, call.of("multiply", x, call.of("multiply", x, x)))),
        0.5,
      ),
    { name: "gelu", approximate: "tanh" },
  ],
  "x tanh(softplus(x))": [
    (call, x) => call.of("multiply", x, call.activate(call.activate(x, "softplus"), "tanh")),
    "mish",
  ],
};

const LEFT: Readonly<Record<string, Make>> = {
  "log(2 + exp(x))": (call, x) => call.unary("log", call.of("add", 2, call.unary("exp", x))),
  "a gelu with x^2": (call, x) =>
    call.of("multiply", call.of("multiply", 0.5, x), cubic(call, x, call.of("multiply", x, x))),
  "x sigmoid(another)": (call, x) => call.of("multiply", x, call.activate(call.of("add", x, 1), "sigmoid")),
  "2 x sigmoid(x)": (call, x) => call.of("multiply", call.of("multiply", x, 2), call.activate(x, "sigmoid")),
  "a slope above 1": (call, x) => call.of("maximum", x, call.of("multiply", x, 2)),
  "slopes of channels": (call, x) => call.prelu(x, [0.5, 0.25]),
  "x erf(x)": (call, x) => call.of("multiply", x, call.erf(x)),
  "relu6(x + 2) x / 6": (call, x) =>
    call.of("divide", call.of("multiply", x, call.activate(call.of("add", x, 2), "relu6")), 6),
};

const ofActivated = (make: Make): Graph => {
  const builder = new Builder();
  return builder.done(make(new Calls(builder), builder.map([1, 2, 3, 5])));
};

describe("recogniseActivations", () => {
  it.each(Object.entries(RECOGNISED))("%s", async (_, [make, activation]) => {
    const before = ofActivated(make);
    const after = await optimise(before);
    expect(operatorsOf(after)).toEqual(["activate"]);
    const { options } = after.nodes[0]!;
    if (typeof activation === "string") expect(options["activation"]).toBe(activation);
    else
      for (const [key, value] of Object.entries(activation as object)) {
        const own = (options["activation"] as Record<string, unknown>)[key];
        if (typeof value === "number") expect(own).toBeCloseTo(value, 6);
        else expect(own).toBe(value);
      }
    // The numbers of the file are rounded to float32, and x is at most 4.
    expect(differenceOf(before, after)).toBeLessThan(4 * 4 * 2 ** -24);
  });

  it.each(Object.entries(LEFT))("leaves %s", (_, make) => {
    const before = ofActivated(make);
    const after = recogniseActivations(before);
    expect(after.nodes.length).toBe(before.nodes.length);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("keeps what others read", () => {
    const builder = new Builder();
    const call = new Calls(builder);
    const x = builder.map([1, 2, 3, 5]);
    const sigmoid = call.activate(x, "sigmoid");
    const before = builder.done(call.of("multiply", x, sigmoid), sigmoid);
    const after = recogniseActivations(before);
    expect(operatorsOf(after)).toEqual(["activate", "activate"]);
    expect(differenceOf(before, after)).toBe(0);
  });
});
