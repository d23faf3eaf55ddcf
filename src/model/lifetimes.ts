// Lifetimes: which cells of a run need a place in its arena, from when to when, and which of them may not share a buffer.
import { roundUp } from "../base/shape.ts";
import { writableBindings } from "../kernel/access.ts";
import { STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import type { Lifetime } from "./memory-plan.ts";
import type { Cell } from "./recording.ts";
import type { Task } from "./tasks.ts";

/**
 * Returns the lifetime of each cell that the tasks use.
 * @param elsewhere whether a cell has memory of its own
 */
export function lifetimesOf(tasks: readonly Task[], elsewhere: (cell: Cell) => boolean): Map<Cell, Lifetime> {
  const indices = new Map<Cell, number>();
  const lifetimes: { bytes: number; first: number; last: number; apart: Set<number> }[] = [];
  const use = (cell: Cell, at: number): void => {
    if (elsewhere(cell)) return;
    const index = indices.get(cell);
    if (index !== undefined) {
      lifetimes[index]!.last = at;
      return;
    }
    indices.set(cell, lifetimes.length);
    lifetimes.push({ bytes: roundUp(cell.bytes, STORAGE_ALIGNMENT), first: at, last: at, apart: new Set() });
  };
  for (const [at, { steps, operands, reads, writes, scratch }] of tasks.entries()) {
    for (const cell of [...reads, ...writes, ...scratch]) use(cell, at);
    for (const step of steps) {
      const { read, written } = accessOf(step);
      for (const one of read)
        for (const other of written) {
          const [a, b] = [indices.get(operands[one]!), indices.get(operands[other]!)];
          if (a === undefined || b === undefined || a === b) continue;
          lifetimes[a]!.apart.add(b);
          lifetimes[b]!.apart.add(a);
        }
    }
  }
  const entries = [...indices].map(([cell, index]) => {
    const { apart, ...rest } = lifetimes[index]!;
    return [cell, { ...rest, apart: [...apart] }] as const;
  });
  return new Map(entries);
}

/** The operands that a step only reads, and those that it may write. */
function accessOf({ kernel, bindings }: Step<string>): { read: Set<string>; written: Set<string> } {
  const writable = writableBindings(kernel);
  const written = new Set(bindings.filter(({ binding }) => writable.has(binding)).map(({ operand }) => operand));
  const read = new Set(bindings.map(({ operand }) => operand).filter((operand) => !written.has(operand)));
  return { read, written };
}
