// Tasks: what a run of a model does, in order, and what is done once before the first run. Plain data: nothing here touches a GPU.
import { type Rates, estimate } from "../algorithms/cost.ts";
import type { RecordedPlan } from "../gpu/recorder.ts";
import type { Preparation, Step } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";
import { Cell, type Cells, type RecordedCall, type Recording } from "./recording.ts";

/** A call, and how it is computed. Equal calls have the same plan. */
export interface PlannedCall extends RecordedCall {
  readonly planned: RecordedPlan;
}

/** The steps of a call, or those that prepack its weights. */
export interface Task {
  readonly call: PlannedCall;
  readonly steps: readonly Step<string>[];
  /** The cell of each operand that the steps bind. */
  readonly operands: Cells;
  readonly reads: readonly Cell[];
  readonly writes: readonly Cell[];
  /** Its workspace. */
  readonly scratch: readonly Cell[];
  /** Estimated seconds of each step. */
  readonly seconds: readonly number[];
}

export interface Tasks {
  /** Those that depend on constants only. */
  readonly setup: readonly Task[];
  readonly main: readonly Task[];
}

/** Returns the calls whose results a run returns or other such calls read. */
export function neededCalls({ calls, outputs }: Recording): RecordedCall[] {
  const needed = new Set([...outputs.values()].map(({ cell }) => cell));
  const kept = calls.toReversed().filter(({ inputs, results }) => {
    if (!Object.values(results).some((cell) => needed.has(cell))) return false;
    for (const cell of Object.values(inputs)) needed.add(cell);
    return true;
  });
  return kept.toReversed();
}

/**
 * Orders the work of planned calls.
 * @param returned what a run returns, and so computes itself
 */
export function tasksOf(calls: readonly PlannedCall[], returned: ReadonlySet<Cell>, rates: Rates): Tasks {
  const constant = new Set<Cell>();
  const prepared = new Map<Preparation, Map<Cell, Cell>>();
  const [setup, main]: [Task[], Task[]] = [[], []];
  const add = (task: Task): void => {
    const fixed =
      task.reads.every((cell) => cell.isConstant || constant.has(cell)) &&
      !task.writes.some((cell) => returned.has(cell));
    if (fixed) for (const cell of task.writes) constant.add(cell);
    (fixed ? setup : main).push(task);
  };
  for (const call of calls) {
    const { planned, inputs, results } = call;
    const { workspaceBytes = 0, preparation, steps, choice } = planned;
    const scratch: Cells = workspaceBytes > 0 ? { workspace: new Cell(workspaceBytes) } : {};
    if (!preparation) {
      add(taskOf(call, steps, { reads: inputs, writes: results, scratch }, workSeconds(steps, rates, choice)));
      continue;
    }
    const bound = new Set(
      preparation.steps.flatMap(({ bindings }) => bindings.map(({ operand }) => operand as string)),
    );
    const packed = Object.fromEntries(Object.entries(inputs).filter(([operand]) => bound.has(operand)));
    const [source] = Object.values(packed);
    const known = prepared.get(preparation) ?? new Map<Cell, Cell>();
    prepared.set(preparation, known);
    let copy = source && known.get(source);
    if (!copy) {
      copy = new Cell(preparation.bytes);
      if (source) known.set(source, copy);
      const own: Cells = workspaceBytes > 0 && bound.has("workspace") ? { workspace: new Cell(workspaceBytes) } : {};
      const parts = { reads: packed, writes: { prepared: copy }, scratch: own };
      add(taskOf(call, preparation.steps, parts, workSeconds(preparation.steps, rates)));
    }
    const reads = { ...inputs, prepared: copy };
    add(taskOf(call, steps, { reads, writes: results, scratch }, workSeconds(steps, rates, choice)));
  }
  return { setup, main };
}

function taskOf(
  call: PlannedCall,
  steps: readonly Step<string>[],
  { reads, writes, scratch }: { readonly reads: Cells; readonly writes: Cells; readonly scratch: Cells },
  seconds: readonly number[],
): Task {
  const operands = { ...reads, ...writes, ...scratch };
  // What no step binds, such as weights that are only read prepacked, need not be there.
  const bound = new Set(steps.flatMap(({ bindings }) => bindings.map(({ operand }) => operands[operand]!)));
  const used = (cells: Cells): Cell[] => [...new Set(Object.values(cells))].filter((cell) => bound.has(cell));
  return { call, steps, operands, reads: used(reads), writes: Object.values(writes), scratch: used(scratch), seconds };
}

/** Estimated seconds of each step: the planner's for a convolution, else as long as its bytes take to move. */
function workSeconds(steps: readonly Step<string>[], rates: Rates, choice?: unknown): number[] {
  const { chosen } = (choice ?? {}) as Partial<Choice>;
  const bytes = (step: Step<string>): number => step.bindings.reduce((sum, { size }) => sum + size, 0);
  if (!chosen) return steps.map((step) => rates.dispatch + bytes(step) / rates.bytes);
  const { work } = chosen.candidate;
  const estimated = estimate(work, rates);
  const total = chosen.measured ?? chosen.seconds;
  if (work.length !== steps.length || estimated <= 0) return steps.map(() => total / steps.length);
  return work.map((one) => (estimate([one], rates) / estimated) * total);
}
