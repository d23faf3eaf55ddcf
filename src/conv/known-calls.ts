// Known calls: an eager call with the shapes and options of an earlier one runs the same plan without being checked and described again, which takes
// longer than all else that a call does on the CPU.
import type { Lower } from "../algorithms/lowering.ts";
import { pick } from "../base/pick.ts";
import type { OperandBuffers } from "../gpu/executable.ts";
import { Tensor, formatOf } from "../gpu/tensor.ts";
import type { Constraints } from "../planner/choose.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { type ConvInputs, inputsOf } from "./operands.ts";
import { PlanCache, planKey, runPlan } from "./plan-cache.ts";

/** What a call computes. */
interface CheckedCall {
  readonly lower: Lower;
  readonly problem: ConvProblem;
  readonly constraints: Constraints;
  readonly inputs: ConvInputs;
}

/**
 * Runs an eager call.
 * @param name the public name
 * @param tensors its arguments, by their names in the plan
 * @param optional the names of the options that are tensors
 * @param check checks the call and describes what it computes; not called if its shapes and options are known
 */
export function runCall(
  name: string,
  tensors: ConvInputs,
  options: object,
  optional: readonly (keyof ConvInputs)[],
  check: () => CheckedCall,
): Tensor {
  const given: ConvInputs = isPlain(options) ? { ...tensors, ...pick(options as ConvInputs, optional) } : {};
  const plans = plansOf(given);
  const key = plans && keyOf(name, given, textOf(options, optional));
  const known = key && plans.calls.get(key);
  if (known) return known(given);
  const { lower, problem, constraints, inputs } = check();
  const result = runPlan(lower, problem, constraints, inputs);
  if (key) {
    const plan = planKey(problem, constraints);
    plans.calls.set(key, (next) => {
      const buffers: OperandBuffers = {};
      for (const { name: input, operand } of inputsOf(problem)) buffers[operand] = next[input]!.storage;
      return plans.get(lower, problem, constraints, plan).run(buffers, next);
    });
  }
  return result;
}

/** Returns the plans for live tensors of one engine; undefined if they are not, or if calls are only recorded. */
function plansOf(given: ConvInputs): PlanCache | undefined {
  const tensors: readonly unknown[] = Object.values(given);
  const [first] = tensors;
  if (!(first instanceof Tensor)) return undefined;
  const { gpu } = first;
  const isKnown = (one: unknown): boolean => one instanceof Tensor && !one.destroyed && one.gpu === gpu;
  return tensors.every(isKnown) && !gpu.recorder && !gpu.memory.closed ? gpu.attached(PlanCache) : undefined;
}

/** Returns a text of all that the plan depends on, as the caller gave it; undefined if there is none of the options. */
function keyOf(name: string, given: ConvInputs, options: string | undefined): string | undefined {
  let key = options && name + options;
  if (key) for (const [input, tensor] of Object.entries(given)) key += ` ${input} ${formatOf(tensor)}`;
  return key;
}

const isPlain = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Objects and lists within each other, the options included: no valid option has more. Those of others may have no end. */
const MOST_NESTED = 3;

/**
 * Returns a text that tells numbers, texts, booleans, and lists and objects of them apart; undefined for all others.
 * @param besides fields that do not count
 */
function textOf(value: unknown, besides: readonly string[] = [], nested = MOST_NESTED): string | undefined {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return `${value}`;
  const isList = Array.isArray(value);
  if (nested === 0 || (!isList && !isPlain(value))) return undefined;
  let text = isList ? `${value.length}` : "";
  for (const [name, field] of Object.entries(value as object)) {
    if (besides.includes(name)) continue;
    const part = textOf(field, [], nested - 1);
    if (!part) return undefined;
    text += ` ${JSON.stringify(name)}:${part}`;
  }
  return `(${text})`;
}
