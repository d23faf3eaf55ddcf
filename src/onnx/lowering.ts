// Lowering: what turns the nodes of an ONNX file, in their order, into nodes of a graph. What is known before the network runs, such as shapes and
// what is computed from them, is computed on the CPU.
import { type Dtype, type TensorDtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import type { GraphBuilder } from "../model/graph-builder.ts";
import type { Node, Value } from "../model/graph.ts";
import { broadcastShape, placesIn } from "../ops/shared/geometry/broadcast.ts";
import type { StridedCopy } from "../ops/shared/geometry/strided.ts";
import { copyStrided } from "../ops/shared/reference/strided.ts";
import type { Specs, Values } from "./attributes.ts";
import type { Constant, Kind, Numbers } from "./elements.ts";

/** A tensor of the network: known numbers, or a value of the graph. */
export interface Operand {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** The name in the file, if it has one. */
  readonly name?: string;
  readonly data?: Numbers;
  readonly value?: Value;
}

/** An operand whose numbers are known. */
export type Known = Operand & Constant;

/** An operator of ONNX. */
export interface OnnxOperator {
  readonly attributes: Specs;
  /** The least and the most inputs. */
  readonly inputs: readonly [least: number, most: number];
  lower(node: NodeLowering): readonly Operand[];
}

/** Defines an operator by its attributes, the least and the most of its inputs, and how a node of it is lowered. */
export function operator<const Given extends Specs>(
  inputs: readonly [least: number, most: number],
  attributes: Given,
  lower: (node: NodeLowering<Values<Given>>) => Operand | readonly Operand[],
): OnnxOperator {
  return {
    ...{ attributes, inputs },
    lower: (node) => {
      const results = lower(node as NodeLowering<Values<Given>>);
      return Array.isArray(results) ? (results as Operand[]) : [results as Operand];
    },
  };
}

/** Any number of inputs. */
export const ANY = Infinity;

/** Floats that are known are computed on the CPU up to this many; constants of the graph are folded by its passes. */
const MOST_FLOATS = 2 ** 12;

/** Most numbers that are computed on the CPU for a graph: shape arithmetic takes a few hundred, quantised weights millions. */
const MOST_COMPUTED = 2 ** 26;

/** Integers that every float between them distinguishes. */
const EXACT = 2 ** 24;

/** Operators that move numbers or compare them, and so take integers as well, as floats or "u32". */
const ANY_KIND = [
  ...["reshape", "transpose", "slice", "split", "concatenate", "expand", "pad", "where"],
  ...["equal", "greater", "greaterOrEqual"],
];

/** What all nodes of a graph share. */
export class Lowering {
  readonly opset: number;
  /** The element type of floats on the GPU. */
  readonly dtype: Dtype;
  readonly builder: GraphBuilder;
  readonly #floats: WeakMap<Numbers, Float32Array>;
  readonly #values = new Map<Operand, Value>();
  #computed = 0;

  /** @param floats constants as floats, shared by all graphs of a model */
  constructor(builder: GraphBuilder, opset: number, dtype: Dtype, floats: WeakMap<Numbers, Float32Array>) {
    this.builder = builder;
    this.opset = opset;
    this.dtype = dtype;
    this.#floats = floats;
  }

  /** Counts numbers that are to be computed on the CPU. */
  charge(count: number): number {
    this.#computed += count;
    if (!(this.#computed <= MOST_COMPUTED))
      refuse("unsupported-model", "model", words("more"), `at most ${MOST_COMPUTED} numbers computed from constants`);
    return count;
  }

  /** The value of an operand in the graph. */
  valueOf(operand: Operand, name: string, dtype: TensorDtype = this.dtype): Value {
    const { value, data, shape } = operand;
    if (value) return value;
    const made = this.#values.get(operand);
    if (made?.dtype === dtype) return made;
    const constant = this.builder.constant(operand.name ?? name, {
      ...{ shape, dtype },
      data: dtype === "u32" ? indices(data!) : this.#asFloats(operand as Known),
    });
    this.#values.set(operand, constant);
    return constant;
  }

  #asFloats({ kind, data }: Known): Float32Array {
    if (data instanceof Float32Array) return data;
    const before = this.#floats.get(data);
    if (before) return before;
    if (kind === "integer" && data.some((number) => Math.abs(number) > EXACT))
      refuse("unsupported-model", "constant", words("larger integers"), `integers of at most ${EXACT}`);
    const floats = Float32Array.from(data);
    this.#floats.set(data, floats);
    return floats;
  }
}

function indices(data: Numbers): Uint32Array {
  if (data.some((number) => number >>> 0 !== number))
    refuse("unsupported-model", "constant", words("other numbers"), "indices from 0 to 2^32 - 1");
  return Uint32Array.from(data);
}

/** A node while it is lowered. */
export class NodeLowering<Attributes = Record<string, unknown>> {
  readonly name: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (Operand | undefined)[];
  /** For each output, whether anything reads it. */
  readonly read: readonly boolean[];
  readonly #lowering: Lowering;

  constructor(lowering: Lowering, node: Pick<NodeLowering<Attributes>, "name" | "attributes" | "inputs" | "read">) {
    this.#lowering = lowering;
    this.name = node.name;
    this.attributes = node.attributes;
    this.inputs = node.inputs;
    this.read = node.read;
  }

  get opset(): number {
    return this.#lowering.opset;
  }

  get dtype(): Dtype {
    return this.#lowering.dtype;
  }

  /** @param got a value, or words for it */
  refuse(argument: string, got: unknown, expected: string): never {
    refuse("unsupported-model", argument, typeof got === "string" ? words(got) : got, expected);
  }

  /** An input that has to be there. */
  input(at: number): Operand {
    return this.inputs[at] ?? this.refuse(`input ${at}`, "none", "a tensor");
  }

  /** Refuses an output that is not computed, if anything reads it. */
  only(outputs: number): void {
    const at = this.read.indexOf(true, outputs);
    if (at >= 0) this.refuse(`output ${at}`, "a reader", "none: it is not computed");
  }

  /** The numbers of an input that has to be known, or undefined if it is not given. */
  numbers(at: number): Numbers | undefined {
    const operand = this.inputs[at];
    if (operand && !operand.data)
      this.refuse(`input ${at}`, "a result of the network", "a constant or what is computed from shapes");
    return operand?.data;
  }

  /** The integers of an input that has to be known. `infinite`: those that no number holds may stand for the end of an axis. */
  integers(at: number, infinite = false): number[] | undefined {
    const numbers = this.numbers(at);
    if (!numbers) return undefined;
    const list = Array.from(numbers);
    if (!list.every((number) => Number.isSafeInteger(number) || (infinite && Math.abs(number) === Infinity)))
      this.refuse(`input ${at}`, list, "integers");
    return list;
  }

  /** An integer list that newer versions of an operator have as an input and older ones as an attribute. */
  list(at: number, attribute: readonly number[] | undefined, infinite = false): readonly number[] | undefined {
    return this.integers(at, infinite) ?? attribute;
  }

  /** An axis that counts from the end if it is negative. */
  axis(axis: number, rank: number, most = rank - 1): number {
    const own = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(own) || own < 0 || own > most) this.refuse("axis", axis, `an axis of ${rank}`);
    return own;
  }

  /** Adds a node to the graph, and returns its results. */
  calls(
    operatorName: string,
    inputs: Readonly<Record<string, Operand | undefined>>,
    options: Node["options"] = {},
    { kind, dtypes = {} }: { kind?: Kind; dtypes?: Readonly<Record<string, TensorDtype>> } = {},
  ): Operand[] {
    const given = Object.entries(inputs).filter((entry): entry is [string, Operand] => entry[1] !== undefined);
    const isMove = ANY_KIND.includes(operatorName);
    const isIndices = isMove && given.some(([name, { value }]) => name !== "condition" && value?.dtype === "u32");
    const values = given.map(([name, operand]): [string, Value] => {
      if (operand.kind === "integer" && !isMove && dtypes[name] === undefined)
        this.refuse(name, "integers", "floats: integers are only moved, compared and cast on the GPU");
      const dtype = dtypes[name] ?? (isIndices && operand.kind === "integer" ? "u32" : this.dtype);
      return [name, this.#lowering.valueOf(operand, this.name, dtype)];
    });
    const results = this.#lowering.builder.node(this.name, operatorName, Object.fromEntries(values), options);
    const first = given.find(([name]) => name !== "condition")![1].kind;
    return results.map((value) => ({
      kind: kind ?? (value.dtype === "u32" ? "integer" : first === "double" ? "float" : first),
      shape: value.shape,
      value,
    }));
  }

  /** Adds a node to the graph, and returns its first result. */
  call(...given: Parameters<NodeLowering["calls"]>): Operand {
    return this.calls(...given)[0]!;
  }

  /** `computed`, or undefined if the operands are not known, or many floats. */
  folded(operands: readonly Operand[], kind: Kind, of: (...numbers: number[]) => number): Known | undefined {
    const isSmall = operands.every(
      ({ kind: own, shape, data }) =>
        data && ((own !== "float" && own !== "double") || elementCount(shape) <= MOST_FLOATS),
    );
    return isSmall ? this.computed(operands as readonly Known[], kind, of) : undefined;
  }

  /** A constant. */
  constant(kind: Kind, shape: readonly number[], numbers: ArrayLike<number>): Known {
    this.#lowering.charge(numbers.length);
    return { kind, shape, data: numbersOf(kind, numbers) };
  }

  /** A known tensor of the same number everywhere. */
  filled(kind: Kind, shape: readonly number[], number: number): Known {
    const count = this.#lowering.charge(elementCount(shape));
    const data = numbersOf(kind, count);
    return { kind, shape, data: data.fill(number) };
  }

  /** Computes known numbers, element by element, with the operands broadcast over each other. */
  computed(operands: readonly Known[], kind: Kind, of: (...numbers: number[]) => number): Known {
    const shape = broadcastShape(Object.fromEntries(operands.map((operand, at) => [`input ${at}`, operand.shape])));
    const count = this.#lowering.charge(elementCount(shape));
    const columns = operands.map((operand): Numbers | number[] => {
      if (operand.shape.join() === shape.join()) return operand.data;
      return placesIn(operand.shape, shape).map((place) => operand.data[place]!);
    });
    const data = numbersOf(kind, count);
    for (let at = 0; at < count; at++) data[at] = of(...columns.map((column) => column[at]!));
    return { kind, shape, data };
  }

  /** The same numbers in another shape. */
  reshaped(operand: Operand, shape: readonly number[], layout?: Value["layout"]): Operand {
    if (layout === undefined && operand.shape.join() === shape.join()) return operand;
    if (operand.data && elementCount(operand.shape) === elementCount(shape)) return { ...unnamed(operand), shape };
    return this.call("reshape", { x: operand }, { shape, ...(layout && { layout }) });
  }

  /** Moves elements: on the CPU if they are known, else by an operator. */
  moved(
    operand: Operand,
    { copy, shape }: { copy: StridedCopy; shape: readonly number[] },
    operatorName: string,
    options: Node["options"],
  ): Operand {
    return operand.data
      ? this.gathered([{ operand: operand as Known, copy }], shape)
      : this.call(operatorName, { x: operand }, options);
  }

  /** Copies elements of known operands into a new one. */
  gathered(parts: readonly { readonly operand: Known; readonly copy: StridedCopy }[], shape: readonly number[]): Known {
    const { kind } = parts[0]!.operand;
    const data = numbersOf(kind, this.#lowering.charge(elementCount(shape)));
    for (const { operand, copy } of parts) copyStrided(operand.data, copy, data);
    return { kind, shape, data };
  }
}

/** A constant under the name of the file, which another shape of it has not. */
function unnamed({ kind, shape, data, value }: Operand): Operand {
  return { kind, shape, ...(data && { data }), ...(value && { value }) };
}

/** An array for numbers of a kind: of the given ones, or of as many zeros. */
function numbersOf(kind: Kind, numbers: ArrayLike<number> | number): Float32Array | Float64Array | Uint8Array {
  const Elements = kind === "float" ? Float32Array : kind === "boolean" ? Uint8Array : Float64Array;
  return new Elements(numbers as number);
}
