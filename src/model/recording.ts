// Recording: the calls that a graph consists of, collected instead of computed. Every operation takes part as it is, whatever others it is
// composed of.
import { type TensorDtype, bytesFor } from "../base/dtype.ts";
import { elementCount } from "../base/shape.ts";
import type { GpuContext } from "../gpu/context.ts";
import { TensorStorage } from "../gpu/memory.ts";
import type { Call } from "../gpu/recorder.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { Graph, Node, Value } from "./graph.ts";
import { naming } from "./naming.ts";
import type { Operator, Result } from "./operator.ts";

/** Memory that calls read and write, which has no place yet: a tensor with all its views. */
export class Cell {
  readonly bytes: number;
  /** Its content from the start: an input of the graph, or the elements of a constant. */
  readonly source: Value | undefined;

  constructor(bytes: number, source?: Value) {
    this.bytes = bytes;
    this.source = source;
  }

  /** Whether its content is the same in every run from the start. */
  get isConstant(): boolean {
    return this.source?.data !== undefined;
  }
}

/** The cell of each operand of a call. */
export type Cells = Readonly<Record<string, Cell>>;

const bytesOf = ({ shape, dtype }: Pick<Result, "shape" | "dtype">): number => bytesFor(elementCount(shape), dtype);

/** A call on cells, by operand. */
export interface RecordedCall {
  readonly node: Node;
  readonly name: string;
  readonly inputs: Cells;
  readonly results: Cells;
  readonly key: Call["key"];
  readonly plan: Call["plan"];
}

/** A tensor that a run returns. */
export interface RecordedOutput extends Result {
  readonly cell: Cell;
}

export interface Recording {
  readonly calls: readonly RecordedCall[];
  /** The graph's inputs by name. */
  readonly inputs: ReadonlyMap<string, Cell>;
  /** Each the result of a call, in a cell of its own. */
  readonly outputs: ReadonlyMap<string, RecordedOutput>;
}

/** The cell of a tensor of a recording, which stands for its buffer. */
const asBuffer = (cell: Cell): GPUBuffer => cell as unknown as GPUBuffer;
const asCell = (buffer: GPUBuffer): Cell => buffer as unknown as Cell;

/**
 * Records the calls of a graph. Yields after each node.
 * @throws ConvError with the node's name if the device cannot compute it
 */
export function* recordGraph(
  gpu: GpuContext,
  operators: Readonly<Record<string, Operator>>,
  graph: Graph,
): Generator<void, Recording> {
  const calls: RecordedCall[] = [];
  const tensors = new Map<Value, Tensor<TensorDtype>>();
  const sourced = (value: Value): Tensor<TensorDtype> => {
    const storage = new TensorStorage(gpu, asBuffer(new Cell(bytesOf(value), value)), false);
    const { shape, layout, dtype } = value;
    return new Tensor(gpu, storage, shape, { layout, dtype });
  };
  const tensorOf = (value: Value): Tensor<TensorDtype> => {
    const tensor = tensors.get(value) ?? sourced(value);
    tensors.set(value, tensor);
    return tensor;
  };
  const compute = (node: Node): readonly Tensor<TensorDtype>[] => {
    const inputs = Object.entries(node.inputs).map(([name, value]) => [name, tensorOf(value)] as const);
    const run = () => operators[node.operator]!.run(Object.fromEntries(inputs), node.options);
    return naming(node, () => recording(gpu, node, calls, run));
  };
  for (const input of graph.inputs) tensorOf(input);
  for (const node of graph.nodes) {
    const made = compute(node);
    for (const [at, output] of node.outputs.entries()) tensors.set(output, made[at]!);
    yield;
  }
  const returned = new Set<Cell>();
  const outputs = [...graph.outputs].map(([name, value]) => {
    let tensor = tensorOf(value);
    const { source } = asCell(tensor.storage);
    // What the caller gives or already gets, and constants, are copied.
    if (source || returned.has(asCell(tensor.storage))) {
      const options = { shape: value.shape };
      [tensor] = compute({ name, operator: "expand", inputs: { x: value }, options, outputs: [value] }) as [
        typeof tensor,
      ];
    }
    const { shape, layout, dtype, storage } = tensor;
    returned.add(asCell(storage));
    return [name, { shape, layout, dtype, cell: asCell(storage) }] as const;
  });
  return {
    calls,
    inputs: new Map(graph.inputs.map((input) => [input.name, asCell(tensorOf(input).storage)])),
    outputs: new Map(outputs),
  };
}

/** Collects the calls of a node. */
function recording<T>(gpu: GpuContext, node: Node, calls: RecordedCall[], work: () => T): T {
  gpu.recorder = {
    textures: true,
    record: ({ name, buffers, results, numbers, key, plan }) => {
      const inputs = Object.entries(buffers).map(([operand, buffer]) => [operand, asCell(buffer!)] as const);
      const created = Object.entries(results).map(([operand, result]) => [operand, new Cell(bytesOf(result))] as const);
      if (numbers) inputs.push(["numbers", numbersCell(numbers)]);
      calls.push({
        ...{ node, name, key, plan },
        inputs: Object.fromEntries(inputs),
        results: Object.fromEntries(created),
      });
      return Object.fromEntries(created.map(([operand, cell]) => [operand, asBuffer(cell)]));
    },
  };
  try {
    return work();
  } finally {
    gpu.recorder = undefined;
  }
}

function numbersCell(numbers: readonly number[]): Cell {
  const value = { name: "numbers", shape: [numbers.length], layout: "channels-first", dtype: "f32" } as const;
  return new Cell(bytesOf(value), { ...value, data: Float32Array.from(numbers) });
}
