// Junk: values that no caller should pass and some caller will. They are listed by source text, so that a failing case is printed as it ran.
import type { Engine, Tensor } from "../../src/index.ts";
import type { Call, Spoiled } from "./call.ts";

/** The engine that junk is made with, and another one whose tensors are foreign to it. Tensors are freed afterwards. */
export interface JunkMakers {
  readonly engine: Pick<Engine, "empty">;
  readonly other: Pick<Engine, "empty">;
}

function destroyed(tensor: Tensor): Tensor {
  tensor.destroy();
  return tensor;
}

function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

export const JUNK: Readonly<Record<string, (makers: JunkMakers) => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  NaN: () => Number.NaN,
  Infinity: () => Infinity,
  "-Infinity": () => -Infinity,
  "-0": () => -0,
  "0": () => 0,
  "-1": () => -1,
  "0.5": () => 0.5,
  "1e-320": () => 1e-320,
  "1e-45": () => 1e-45,
  "1e38": () => 1e38,
  "3.4028235677973362e38": () => 3.4028235677973362e38,
  "4e38": () => 4e38,
  "2 ** 31 - 1": () => 2 ** 31 - 1,
  "2 ** 31": () => 2 ** 31,
  "2 ** 53": () => 2 ** 53,
  "1e300": () => 1e300,
  "7n": () => 7n,
  '""': () => "",
  '"2"': () => "2",
  '"same-upper"': () => "same-upper",
  '"constructor"': () => "constructor",
  '"__proto__"': () => "__proto__",
  'Symbol("s")': () => Symbol("s"),
  "() => 1": () => () => 1,
  "{}": () => ({}),
  "Object.create(null)": () => Object.create(null) as unknown,
  '{ name: "relu" }': () => ({ name: "relu" }),
  '{ name: "elu", slope: 1 }': () => ({ name: "elu", slope: 1 }),
  '{ name: "elu", alpha: NaN }': () => ({ name: "elu", alpha: Number.NaN }),
  '{ name: "leaky-relu", slope: 1e39 }': () => ({ name: "leaky-relu", slope: 1e39 }),
  "new Map()": () => new Map(),
  "new Date(0)": () => new Date(0),
  "[]": () => [],
  "[1]": () => [1],
  "[2, 1]": () => [2, 1],
  "[1, -1]": () => [1, -1],
  "[1, 2, 3, 4, 5, 6]": () => [1, 2, 3, 4, 5, 6],
  "[[1, 2], 3]": () => [[1, 2], 3],
  "[[0, 1]]": () => [[0, 1]],
  "[[], []]": () => [[], []],
  "[[NaN, 0], [0, 0]]": () => [
    [Number.NaN, 0],
    [0, 0],
  ],
  "new Array(2)": () => Array(2),
  "new Array(4)": () => Array(4),
  "[1, 1, 1, 1]": () => [1, 1, 1, 1],
  "[1, 1, 2 ** 30, 4]": () => [1, 1, 2 ** 30, 4],
  "[0, 0, 0, 0]": () => [0, 0, 0, 0],
  "new Int32Array([1, 1])": () => new Int32Array([1, 1]),
  "new Float32Array(0)": () => new Float32Array(0),
  "new ArrayBuffer(8)": () => new ArrayBuffer(8),
  "(() => { const list = []; list.push(list); return list; })()": cyclic,
  "new Proxy([], {})": () => new Proxy([], {}),
  "engine.empty([1])": ({ engine }) => engine.empty([1]),
  "engine.empty([7, 5, 3, 2, 2])": ({ engine }) => engine.empty([7, 5, 3, 2, 2]),
  'engine.empty([1, 1, 1, 1], { layout: "channels-last" })': ({ engine }) =>
    engine.empty([1, 1, 1, 1], { layout: "channels-last" }),
  "(() => { const gone = engine.empty([1]); gone.destroy(); return gone; })()": ({ engine }) =>
    destroyed(engine.empty([1])),
  "other.empty([1, 1, 1, 1])": ({ other }) => other.empty([1, 1, 1, 1]),
};

/** Copies a value with another value in one place. */
export function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...(value as unknown[])];
    const at = copy.length > 0 ? Number(key) % copy.length : 0;
    copy[at] = replaced(copy[at], rest, by);
    return copy;
  }
  if (typeof value !== "object" || value === null) return by;
  return { ...value, [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

/** Returns the path of the junk within the options, or undefined if the junk replaces a tensor. */
export function optionPath({ at }: Spoiled): string[] | undefined {
  const [first, ...rest] = at.split(".");
  return first === "options" ? rest : undefined;
}

/** Returns the options of a call with their junk. */
export function spoil(options: unknown, { spoiled }: Pick<Call, "spoiled">, junk: unknown): unknown {
  const path = spoiled && optionPath(spoiled);
  return path ? replaced(options, path, junk) : options;
}
