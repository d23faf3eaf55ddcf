// Concatenation in place: where the slices of a concatenation lie one after the other in memory, as with one picture along the channels that come
// first, the calls that make them write them where they belong, and nothing is copied.
import { elementCount } from "../base/shape.ts";
import { writableBindings } from "../kernel/access.ts";
import { STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import { concatenationOf } from "../ops/slices/geometry.ts";
import type { Value } from "./graph.ts";
import { largestLive } from "./memory-plan.ts";
import type { Cell, Cells } from "./recording.ts";
import type { Task } from "./tasks.ts";

/** A range of the memory of a cell. */
interface Range {
  readonly cell: Cell;
  readonly offset: number;
}

/** Cells that lie within others. */
export class Parts {
  readonly #ranges: ReadonlyMap<Cell, Range>;

  constructor(ranges: ReadonlyMap<Cell, Range> = new Map()) {
    this.#ranges = ranges;
  }

  /** Where a cell lies in one that is no part of another. */
  rangeOf(cell: Cell): Range {
    const own = this.#ranges.get(cell);
    if (!own) return { cell, offset: 0 };
    const outer = this.rangeOf(own.cell);
    return { cell: outer.cell, offset: outer.offset + own.offset };
  }

  has(cell: Cell): boolean {
    return this.#ranges.has(cell);
  }

  with(more: ReadonlyMap<Cell, Range>): Parts {
    return new Parts(new Map([...this.#ranges, ...more]));
  }
}

/**
 * Lets concatenations be written in place wherever that takes no more memory at once.
 * @param isFixed whether a cell is an input or an output of the graph
 * @returns the tasks without the copies that are no longer needed, and the cells that lie in others
 */
export function inPlace(tasks: readonly Task[], isFixed: (cell: Cell) => boolean): { tasks: Task[]; parts: Parts } {
  const made = new Set(tasks.flatMap(({ writes }) => writes));
  const users = new Map<Cell, Set<Task>>();
  for (const task of tasks)
    for (const cell of Object.values(task.operands)) users.set(cell, (users.get(cell) ?? new Set()).add(task));
  const current = new Map(tasks.map((task) => [task, task]));
  let parts = new Parts();
  let live = liveBytes(tasks, parts, isFixed);
  for (const task of tasks) {
    const slices = slicesOf(task).filter(({ cell }) => made.has(cell) && !isFixed(cell) && !parts.has(cell));
    if (slices.length === 0) continue;
    const more = parts.with(new Map(slices.map(({ cell, offset }) => [cell, { cell: task.writes[0]!, offset }])));
    const joined = withoutCopies(task, new Set(slices.map(({ operand }) => operand)));
    const { cell: root } = more.rangeOf(task.writes[0]!);
    const beside = new Set([root, ...users.keys()].filter((cell) => more.rangeOf(cell).cell === root));
    const touched = new Set([...beside].flatMap((cell) => [...(users.get(cell) ?? [])]));
    const isBindable = [...touched].every((one) => {
      const own = one === task ? joined : current.get(one)!;
      return own.steps.every((step) => canBind(step, own.operands, more));
    });
    if (!isBindable) continue;
    const before = current.get(task)!;
    current.set(task, joined);
    const bytes = liveBytes([...current.values()], more, isFixed);
    if (bytes > live) current.set(task, before);
    else [parts, live] = [more, bytes];
  }
  return { tasks: [...current.values()].filter(({ steps }) => steps.length > 0), parts };
}

interface Slice extends Range {
  readonly operand: string;
}

/** The operands of a concatenation that could be written in place, and where. */
function slicesOf({ call: { node, name, inputs }, writes }: Task): Slice[] {
  if (name !== "concatenate" || node.operator !== name) return [];
  const values = Object.keys(node.inputs).map((_, at): Value => node.inputs[at]!);
  const shapes = values.map(({ shape }) => shape);
  const { axis, shape } = concatenationOf(shapes, node.options, values[0]!.layout);
  if (elementCount(shape.slice(0, axis)) !== 1) return [];
  const bytes = writes[0]!.bytes / elementCount(shape);
  const cells = shapes.map((_, at) => inputs[`tensors[${at}]`]!);
  let offset = 0;
  const slices = cells.map((cell, at): Slice => {
    const slice = { cell, offset, operand: `tensors[${at}]` };
    offset += elementCount(shapes[at]!) * bytes;
    return slice;
  });
  return slices.filter(({ cell, offset: start }, at) => {
    const end = slices[at + 1]?.offset ?? writes[0]!.bytes;
    return (
      start % STORAGE_ALIGNMENT === 0 && start + cell.bytes === end && cells.indexOf(cell) === cells.lastIndexOf(cell)
    );
  });
}

/** A task without the steps that read some operands. */
function withoutCopies(task: Task, operands: ReadonlySet<string>): Task {
  const kept = task.steps.map(({ bindings }) => !bindings.some(({ operand }) => operands.has(operand)));
  const gone = new Set([...operands].map((operand) => task.operands[operand]!));
  return {
    ...task,
    steps: task.steps.filter((_, at) => kept[at]),
    seconds: task.seconds.filter((_, at) => kept[at]),
    reads: task.reads.filter((cell) => !gone.has(cell)),
  };
}

/** Whether no two ranges overlap that a step would have to bind as writable: all those of a buffer, if it writes any. */
function canBind({ kernel, bindings }: Step<string>, operands: Cells, parts: Parts): boolean {
  const writable = writableBindings(kernel);
  const bound = bindings.map(({ binding, operand, offset, size }) => {
    const range = parts.rangeOf(operands[operand]!);
    const start = range.offset + offset;
    return { cell: range.cell, start, end: start + size, writes: writable.has(binding) };
  });
  return bound.every(
    (one) =>
      !one.writes ||
      bound
        .filter(({ cell }) => cell === one.cell)
        .every((a, at, same) => same.slice(at + 1).every((b) => a.end <= b.start || b.end <= a.start)),
  );
}

/** The largest sum of what lives at once of what the tasks make. */
function liveBytes(tasks: readonly Task[], parts: Parts, isFixed: (cell: Cell) => boolean): number {
  const lives = new Map<Cell, { bytes: number; first: number; last: number; apart: []; rather: [] }>();
  for (const [at, { reads, writes, scratch }] of tasks.entries()) {
    for (const one of [...writes, ...scratch]) {
      const { cell } = parts.rangeOf(one);
      if (!isFixed(cell) && !lives.has(cell))
        lives.set(cell, { bytes: cell.bytes, first: at, last: at, apart: [], rather: [] });
    }
    for (const one of [...reads, ...writes]) {
      const life = lives.get(parts.rangeOf(one).cell);
      if (life) life.last = at;
    }
  }
  return largestLive([...lives.values()]);
}
