// Lifetimes: which cells of a run need a place in its arena, from when to when, and which of them may not share a buffer.
import { roundUp } from "../base/shape.ts";
import { writableBindings } from "../kernel/access.ts";
import { type Binding, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import { Parts } from "./in-place.ts";
import type { Lifetime } from "./memory-plan.ts";
import type { Cell, Cells } from "./recording.ts";
import type { Task } from "./tasks.ts";

/**
 * Returns the lifetime of each cell that the tasks use.
 * @param elsewhere whether a cell has memory of its own
 * @param parts cells that lie in others, whose lifetimes theirs join
 */
export function lifetimesOf(
  tasks: readonly Task[],
  elsewhere: (cell: Cell) => boolean,
  parts = new Parts(),
): Map<Cell, Lifetime> {
  const indices = new Map<Cell, number>();
  const lifetimes: { bytes: number; first: number; last: number; apart: Set<number>; rather: Set<number> }[] = [];
  const use = (one: Cell, at: number): void => {
    const { cell } = parts.rangeOf(one);
    if (elsewhere(cell)) return;
    const index = indices.get(cell);
    if (index !== undefined) {
      lifetimes[index]!.last = at;
      return;
    }
    const bytes = roundUp(cell.bytes, STORAGE_ALIGNMENT);
    indices.set(cell, lifetimes.length);
    lifetimes.push({ bytes, first: at, last: at, apart: new Set(), rather: new Set() });
  };
  for (const [at, { steps, operands, reads, writes, scratch }] of tasks.entries()) {
    for (const cell of [...reads, ...writes, ...scratch]) use(cell, at);
    for (const step of steps) {
      const { read, written } = accessOf(step);
      for (const one of read)
        for (const other of written) {
          const [a, b] = [one.operand, other].map((operand) => indices.get(parts.rangeOf(operands[operand]!).cell));
          if (a === undefined || b === undefined || a === b) continue;
          // Writable bindings may not overlap, so what a step reads by two of them cannot become writable.
          const twice = read.some((two) => two !== one && overlap(one, two, operands, parts));
          const relation = twice ? "apart" : "rather";
          lifetimes[a]![relation].add(b);
          lifetimes[b]![relation].add(a);
        }
    }
  }
  const entries = [...indices].map(([cell, index]) => {
    const { apart, rather, ...rest } = lifetimes[index]!;
    return [cell, { ...rest, apart: [...apart], rather: [...rather] }] as const;
  });
  return new Map(entries);
}

type Bound = Binding<string>;

/** The bindings of operands that a step only reads, and the operands that it may write. */
function accessOf({ kernel, bindings }: Step<string>): { read: readonly Bound[]; written: ReadonlySet<string> } {
  const writable = writableBindings(kernel);
  const written = new Set(bindings.filter(({ binding }) => writable.has(binding)).map(({ operand }) => operand));
  return { read: bindings.filter(({ operand }) => !written.has(operand)), written };
}

function overlap(one: Bound, two: Bound, operands: Cells, parts: Parts): boolean {
  const [a, b] = [parts.rangeOf(operands[one.operand]!), parts.rangeOf(operands[two.operand]!)];
  if (a.cell !== b.cell) return false;
  const [start, other] = [a.offset + one.offset, b.offset + two.offset];
  return start < other + two.size && other < start + one.size;
}
