// Says in text how a graph is computed.
import { STORAGE_ALIGNMENT } from "../kernel/step.ts";
import type { Choice, Ranked } from "../planner/choose.ts";
import type { Node } from "./graph.ts";
import type { Cell } from "./recording.ts";
import type { Task, Tasks } from "./tasks.ts";

/** The memory of a compiled graph, in bytes. */
export interface GraphMemory {
  readonly arena: number;
  /** The largest sum of values that live at once, which the arena cannot be smaller than. */
  readonly largestLive: number;
  readonly weights: number;
}

/**
 * Returns a line for each node that a run computes: the nodes of the file whose work it does as well, the shape of its result, how it is computed
 * and why, its estimated time and the bytes of its result; and a last line for the whole.
 */
export function explainGraph({ setup, main }: Tasks, memory: GraphMemory, submits: number): string {
  const nodes = new Map<Node, Task[]>();
  for (const task of main) nodes.set(task.call.node, [...(nodes.get(task.call.node) ?? []), task]);
  const lines = [...nodes].map(([node, tasks]) => nodeLine(node, tasks));
  const seconds = main.map(secondsOf).reduce((sum, one) => sum + one, 0);
  const whole = [
    `${nodes.size} nodes, estimated ${milliseconds(seconds)} in ${submits} ${submits === 1 ? "submit" : "submits"}`,
    `arena ${memory.arena} bytes (largest sum of live values ${memory.largestLive})`,
    `weights ${memory.weights} bytes`,
    `${setup.length} calls on constants computed once`,
  ];
  return [...lines, whole.join(", ")].join("\n");
}

function nodeLine({ name, operator, merged = [], outputs }: Node, tasks: readonly Task[]): string {
  const also = merged.length > 0 ? ` with ${merged.join(", ")}` : "";
  const shapes = outputs.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");
  const how = [...new Set(tasks.map(howOf))].join(", ");
  const seconds = tasks.map(secondsOf).reduce((sum, one) => sum + one, 0);
  const cells = new Set<Cell>(tasks.flatMap(({ writes }) => writes));
  const bytes = [...cells].reduce((sum, cell) => sum + cell.bytes, 0);
  const scratch = Math.max(0, ...tasks.flatMap((task) => task.scratch.map((cell) => cell.bytes)));
  const workspace = scratch > STORAGE_ALIGNMENT ? `, workspace ${scratch} bytes` : "";
  return `${name}${also}: ${operator} ${shapes}, ${how}, estimated ${milliseconds(seconds)}, ${bytes} bytes${workspace}`;
}

/** How the steps of a task compute: the algorithm of a convolution, and the fastest other that was considered. */
function howOf({ call, steps }: Task): string {
  const { chosen, considered } = (call.planned.choice ?? {}) as Partial<Choice>;
  if (!chosen || steps !== call.planned.steps) return steps === call.planned.steps ? call.name : `${call.name} weights`;
  const next = considered?.find(({ algorithm, refused }) => refused === undefined && algorithm !== chosen.algorithm);
  const other = next
    ? ` (or ${next.algorithm} ${next.variant}, ${milliseconds(next.measured ?? next.seconds ?? 0)})`
    : "";
  return `${nameOf(chosen)}${other}`;
}

const nameOf = ({ algorithm, candidate }: Ranked): string => `${algorithm} ${candidate.variant}`;

const secondsOf = ({ seconds }: Task): number => seconds.reduce((sum, one) => sum + one, 0);

function milliseconds(seconds: number): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}
