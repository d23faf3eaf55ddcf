// What a caller gives to a model: tensors or numbers for a run, buffers to record on; and their checks.
import type { TensorDtype } from "../base/dtype.ts";
import { describe, refuse, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { checkOptions } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import { Tensor, checkAnyTensor } from "../gpu/tensor.ts";
import { checkBuffer } from "../gpu/usage.ts";
import type { CompiledGraph } from "./compiled.ts";
import type { ModelTensor } from "./graph.ts";
import { type Shapes, checkShapes, declared, refuseUnknown } from "./shapes.ts";

/** Numbers with their shape. */
export interface ModelData {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** The inputs of a run by name. */
export type ModelInputs = Readonly<Record<string, Tensor<TensorDtype> | ArrayLike<number> | ModelData>>;

/** Buffers to record a run on, by the names of inputs and outputs. */
export type ModelBuffers = Readonly<Record<string, GPUBuffer | Tensor<TensorDtype>>>;

/** Checked inputs. */
export interface GivenInputs {
  readonly shapes: Shapes;
  /**
   * The buffers by name, for work that is submitted at once.
   * @throws ConvError `destroyed` if a tensor was destroyed meanwhile
   */
  buffers(): ReadonlyMap<string, GPUBuffer>;
  /** Frees what was made for them. */
  release(): void;
}

/**
 * Checks the inputs of a run. Arrays of numbers are uploaded.
 * @throws ConvError naming the input that does not fit
 */
export function checkInputs(engine: Engine, inputs: readonly ModelTensor[], given: ModelInputs): GivenInputs {
  const known = inputs.map(({ name }) => name);
  const values = checkOptions("inputs", given, Object.keys(given ?? {}));
  for (const name of Object.keys(values)) if (!known.includes(name)) refuseUnknown(name, known);
  const shapes: Record<string, unknown> = {};
  for (const input of inputs) {
    const value = values[input.name];
    if (value === undefined) refuse("invalid-argument", input.name, undefined, `a tensor ${declared(input.shape)}`);
    if (value instanceof Tensor) checkTensorOf(engine, input, value);
    shapes[input.name] = shapeOf(input, value);
  }
  const checked = checkShapes(inputs, shapes);
  const made: Tensor<TensorDtype>[] = [];
  const release = (): void => {
    for (const tensor of made) tensor.destroy();
  };
  try {
    const tensors = inputs.map(({ name, dtype, layout }) => {
      const value = values[name];
      if (value instanceof Tensor) return [name, value as Tensor<TensorDtype>] as const;
      const shape = checked[name]!;
      const data = (isData(value) ? value.data : value) as ArrayLike<number>;
      checkCount(name, data, shape);
      const tensor = engine.tensor(data, shape, { dtype, layout });
      made.push(tensor);
      return [name, tensor] as const;
    });
    const buffers = () => new Map(tensors.map(([name, tensor]) => [name, checkAnyTensor(name, tensor).storage]));
    return { shapes: checked, buffers, release };
  } catch (error) {
    release();
    throw error;
  }
}

export function isData(value: unknown): value is ModelData {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}

/** The shape of a given value, or undefined if it has none of its own. */
function shapeOf({ name, shape }: ModelTensor, value: unknown): unknown {
  if (value instanceof Tensor || isData(value)) return value.shape;
  if (shape.some((size) => typeof size === "string"))
    refuse(
      "invalid-argument",
      name,
      value,
      `a tensor or { data, shape }: the model leaves sizes open, ${declared(shape)}`,
    );
  return undefined;
}

export function checkTensorOf(
  engine: Engine,
  { name, shape, dtype, layout }: ModelTensor,
  given: unknown,
): Tensor<TensorDtype> {
  const tensor = checkAnyTensor(name, given);
  if (tensor.gpu !== engine.gpu)
    refuse("foreign-tensor", name, words("a tensor of another engine"), "one of the model's");
  if (tensor.dtype !== dtype) refuse("shape-mismatch", `${name}.dtype`, tensor.dtype, `"${dtype}"`);
  // The layout of a feature map says where its channels are.
  if (tensor.layout !== layout && shape.length >= 3 && shape.length <= 5)
    refuse("shape-mismatch", `${name}.layout`, tensor.layout, `"${layout}"`);
  return tensor;
}

export function checkCount(name: string, data: unknown, shape: readonly number[]): void {
  const { length } = (data ?? {}) as { length?: unknown };
  if (typeof length !== "number" || typeof data === "string" || typeof data === "function")
    refuse("invalid-argument", name, data, "a tensor, an array of numbers, or { data, shape }");
  const count = elementCount(shape);
  if (length !== count)
    refuse("shape-mismatch", name, words(`${length} elements`), `${count}, for the shape ${describe(shape)}`);
}

/**
 * Returns the shapes of those inputs that are given as tensors.
 * @throws ConvError naming the input that does not fit
 */
export function givenShapes(engine: Engine, inputs: readonly ModelTensor[], given: ModelBuffers): Shapes {
  const values = checkOptions("buffers", given, Object.keys(given ?? {}));
  const tensors = inputs.filter(({ name }) => values[name] instanceof Tensor);
  return Object.fromEntries(
    tensors.map((input) => [input.name, checkTensorOf(engine, input, values[input.name]).shape]),
  );
}

/**
 * Checks the buffers to record a run of a compiled graph on.
 * @throws ConvError naming the buffer that is missing, too small, without usage STORAGE, or both read and written, or the tensor of another shape,
 * type or layout
 */
export function checkBuffers(
  engine: Engine,
  graph: CompiledGraph,
  given: ModelBuffers,
): { inputs: ReadonlyMap<string, GPUBuffer>; outputs: ReadonlyMap<string, GPUBuffer> } {
  const values = checkOptions("buffers", given, [...graph.inputs.keys(), ...graph.outputs.keys()]);
  const buffer = (name: string, bytes: number): GPUBuffer => {
    const value = values[name];
    // The encoder is submitted later: the buffer must outlive a tensor that is dropped before then.
    const own: unknown = value instanceof Tensor ? value.recorded : value;
    return checkBuffer(`buffers.${name}`, own, bytes, { takes: "a GPUBuffer or a Tensor" });
  };
  const inputs = new Map([...graph.inputs].map(([name, { bytes }]) => [name, buffer(name, bytes)]));
  const outputs = new Map<string, GPUBuffer>();
  for (const [name, { cell, ...output }] of graph.outputs) {
    const argument = `buffers.${name}`;
    if (values[name] instanceof Tensor) {
      const { shape } = checkTensorOf(engine, { ...output, name: argument }, values[name]);
      if (shape.join() !== output.shape.join()) refuse("shape-mismatch", argument, shape, describe(output.shape));
    }
    const own = buffer(name, cell.bytes);
    const other = [...inputs, ...outputs].find(([, used]) => used === own)?.[0];
    if (other !== undefined)
      refuse("invalid-argument", argument, words(`the buffer of ${other}`), "a buffer of its own");
    outputs.set(name, own);
  }
  return { inputs, outputs };
}
