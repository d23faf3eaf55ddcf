// How the steps of a run are divided among submits and passes.
import { describe, expect, it } from "vitest";
import type { Step } from "../../src/kernel/step.ts";
import { segmentsOf } from "../../src/model/compiled.ts";
import { Cell } from "../../src/model/recording.ts";
import type { Task } from "../../src/model/tasks.ts";

const kernel = { shaders: [], constants: {} };
const stepOn = (...operands: string[]): Step<string> => ({
  ...{ kernel, uniforms: {}, workgroups: [1, 1, 1] },
  bindings: operands.map((operand, at) => ({ binding: at + 1, operand, offset: 256, size: 16 })),
});

const [x, a, b] = [new Cell(16), new Cell(16), new Cell(16)];
const places = new Map([
  [x, { buffer: "caller0", offset: 0 }],
  [a, { buffer: "arena1", offset: 0 }],
  [b, { buffer: "arena2", offset: 512 }],
]);
const placement = { placeOf: (cell: Cell) => places.get(cell)!, isOfCaller: (cell: Cell) => cell === x };

const task = (operands: Record<string, Cell>, ...seconds: number[]): Task => ({
  ...{ call: {} as never, operands, reads: [], writes: [], scratch: [], seconds },
  steps: seconds.map(() => stepOn(...Object.keys(operands))),
});

const shapeOf = (tasks: readonly Task[]) =>
  segmentsOf(tasks, placement).map(({ steps, submit }) => [submit, steps.length]);

describe("segments", () => {
  it("are one submit, and one pass for each set of the caller's buffers", () => {
    expect(shapeOf([task({ x, a }, 0.01), task({ a, b }, 0.01, 0.01), task({ b, a }, 0.01)])).toEqual([
      [0, 1],
      [0, 3],
    ]);
  });

  it("are cut where a submit would take over 0.1 s by estimate, within a call as well", () => {
    expect(shapeOf([task({ a, b }, 0.06, 0.04, 0.01), task({ b, a }, 0.3), task({ a, b }, 0.1)])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  it("bind the places of cells, and skip steps of no invocations", () => {
    const empty = { ...task({ a, b }, 0), steps: [{ ...stepOn("a"), workgroups: [0, 1, 1] as const }] };
    const [segment, ...more] = segmentsOf([empty, task({ a, b }, 0)], placement);
    expect(more).toEqual([]);
    expect(segment!.steps[0]!.bindings).toEqual([
      { binding: 1, operand: "arena1", offset: 256, size: 16 },
      { binding: 2, operand: "arena2", offset: 768, size: 16 },
    ]);
  });
});
