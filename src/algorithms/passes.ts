// From methods, which serve correlations, to algorithms, which serve problems: a problem's pass is one correlation or several, each
// computed by the same method, one after the other in the same workspace.
import { type Binding, BINDING, type Plan, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import { type ConvProblem, PASSES, multiplyAdds } from "../problem/problem.ts";
import { type Triple, elementCount, roundUp } from "../base/shape.ts";
import type { Algorithm, Method, Part, Unsupported, Variant } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import { type Correlation, forwardCorrelation } from "../problem/correlation.ts";
import { fillStep, foldStep, paddedBytes } from "./fold-padding.ts";
import { inputGradient, phaseCount, repeatsInput, weightGradient } from "../problem/gradients.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { OUTPUT_LOADS, type Work, bytesOf, estimate } from "./cost.ts";

/** A variant for each correlation of a problem. */
interface Variants extends Variant {
  readonly each: readonly Variant[];
}

/** The one variant where no output depends on any cell. */
const NOTHING: Variants = { name: "zeros", each: [] };

/** The gradient of the input as one correlation. */
const GATHER: Variants = { name: "gather", each: [] };

/** Dispatches beside those of the phases of a gradient of the input: cells in no phase are filled, the border is folded. */
const BESIDE_PHASES = 2;

/** Whether the gradient of the input has more phases than a plan may have dispatches. */
function hasTooManyPhases(problem: ConvProblem, gpu: DeviceTraits): boolean {
  return problem.pass === "backward-data" && phaseCount(problem) > gpu.maxDispatches - BESIDE_PHASES;
}

/** What a pass is made of. */
function correlationsOf(problem: ConvProblem): readonly Correlation[] {
  if (problem.pass === "backward-data") return inputGradient(problem).phases;
  return [problem.pass === "forward" ? forwardCorrelation(problem) : weightGradient(problem)];
}

/** Bytes of the workspace that hold the gradient of the padded input, before the scratch memory of the method. */
function reservedBytes(problem: ConvProblem): number {
  return problem.pass === "backward-data" ? roundUp(paddedBytes(problem), STORAGE_ALIGNMENT) : 0;
}

/**
 * What the method may use for one correlation of so many. What the parts of a plan prepare of the weights lies side by side, so each gets
 * an equal share of the bytes, and of the dispatches; only their scratch memory is the same.
 */
function shareOf(problem: ConvProblem, correlations: number, gpu: DeviceTraits): DeviceTraits {
  const count = Math.max(1, correlations);
  const beside = problem.pass === "backward-data" ? BESIDE_PHASES : 0;
  const bytes = (gpu.maxWorkspaceBytes - reservedBytes(problem)) / count;
  const share = count === 1 ? bytes : Math.floor(bytes / STORAGE_ALIGNMENT) * STORAGE_ALIGNMENT;
  return {
    ...gpu,
    maxWorkspaceBytes: Math.max(0, share),
    maxDispatches: Math.floor((gpu.maxDispatches - beside) / count),
  };
}

/** A buffer that a kernel writes may be bound only for writing in that dispatch: what it reads of it too is declared so. */
function shareable(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const shared = step.bindings.filter(({ binding, operand }) => binding !== BINDING.output && operand === written);
  if (shared.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, readWrite: shared.map(({ binding }) => binding) } };
}

/** A step of a part in its place in the plan: its scratch memory after what is reserved, which is where `padded` lies. */
function placed(step: Step, reserved: number, prepared: number): Step {
  const place = (range: Binding): Binding => {
    if (range.operand === "padded") return { ...range, operand: "workspace" };
    if (range.operand === "workspace") return { ...range, offset: range.offset + reserved };
    return range.operand === "prepared" ? { ...range, offset: range.offset + prepared } : range;
  };
  return shareable({ ...step, bindings: step.bindings.map(place) });
}

function largestOf<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((largest, one) => Math.max(largest, value(one)), 0);
}

/** The parts of a plan one after the other; what is prepared of the weights lies side by side. */
function joined(
  parts: readonly Part[],
  { before, after }: { before: readonly Step[]; after: readonly Step[] },
  reserved: number,
): Omit<Plan, "algorithm" | "variant"> {
  const steps = before.map((step) => placed(step, reserved, 0));
  const preparation: Step[] = [];
  let bytes = 0;
  for (const part of parts) {
    const prepared = roundUp(bytes, STORAGE_ALIGNMENT);
    steps.push(...part.steps.map((step) => placed(step, reserved, prepared)));
    if (!part.preparation) continue;
    preparation.push(...part.preparation.steps.map((step) => placed(step, reserved, prepared)));
    bytes = prepared + part.preparation.bytes;
  }
  steps.push(...after.map((step) => placed(step, reserved, 0)));
  return {
    steps,
    workspaceBytes: reserved + largestOf(parts, ({ workspaceBytes }) => workspaceBytes),
    ...(bytes > 0 && { preparation: { steps: preparation, bytes } }),
  };
}

/** What is done beside the correlations: cells that none writes are filled before, the border is folded after. */
function besideOf(problem: ConvProblem, fills: boolean): { before: Step[]; after: Step[] } {
  const folds = problem.pass === "backward-data" && repeatsInput(problem);
  return { before: fills ? [fillStep(problem)] : [], after: folds ? [foldStep(problem)] : [] };
}

function besideCount(problem: ConvProblem): number {
  if (problem.pass !== "backward-data") return 0;
  return Number(inputGradient(problem).fills) + Number(repeatsInput(problem));
}

/** The work of that: a gradient of the padded input is read and folded. */
function endWork(problem: ConvProblem): Work[] {
  const padded = paddedBytes(problem);
  if (problem.pass !== "backward-data" || padded === 0) return [];
  const threads = problem.N * problem.C * elementCount(problem.input);
  const loads = padded / F32_BYTES + OUTPUT_LOADS * threads;
  return [{ threads, multiplyAdds: 0, loads, bytes: padded + bytesOf(threads) }];
}

/** Why the gradient of the padded input does not fit, where it does not. */
function reservedRefusal(problem: ConvProblem, gpu: DeviceTraits): Unsupported | undefined {
  const bytes = reservedBytes(problem);
  const most = Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes);
  if (bytes <= most) return undefined;
  return {
    reason: `the gradient of the padded input takes ${bytes} bytes of workspace, more than the ${most} allowed`,
  };
}

/** The correlations of a problem, the traits that each is planned with, and their variants of no more dispatches than those allow. */
function listed<V extends Variant>(method: Method<V>, problem: ConvProblem, gpu: DeviceTraits) {
  const correlations = correlationsOf(problem);
  const traits = shareOf(problem, correlations.length, gpu);
  const isAllowed = (c: Correlation, variant: V): boolean =>
    method.dispatches(c, traits, variant) <= traits.maxDispatches;
  const lists = correlations.map((c) => method.variants(c, traits).filter((variant) => isAllowed(c, variant)));
  const sizes = correlations.map(multiplyAdds);
  const largest = sizes.reduce((best, size, at) => (size > sizes[best]! ? at : best), 0);
  /** The variant of a name of one of them, listed or not. */
  const variantOf = (at: number, name: string): V | undefined => {
    const c = correlations[at]!;
    const one = lists[at]!.find((variant) => variant.name === name) ?? method.named?.(c, traits, name);
    return one && isAllowed(c, one) ? one : undefined;
  };
  return { lists, largest, variantOf };
}

/** Why the plan of a correlation would have too many dispatches, where it would. */
function dispatchRefusal<V extends Variant>(
  method: Method<V>,
  c: Correlation,
  traits: DeviceTraits,
): Unsupported | undefined {
  const counts = method.variants(c, traits).map((variant) => method.dispatches(c, traits, variant));
  if (counts.some((count) => count <= traits.maxDispatches)) return undefined;
  const fewest = Math.min(...counts);
  return {
    reason: `in ${traits.maxWorkspaceBytes} bytes of workspace it takes ${fewest} dispatches at least, more than the ${traits.maxDispatches} allowed`,
  };
}

export function serve<V extends Variant>(method: Method<V>): Algorithm {
  const each = (variant: Variant): readonly V[] => (variant as Variants).each as readonly V[];
  return {
    name: method.name,
    passes: PASSES,

    supports(problem, gpu) {
      const refused = method.serves?.(problem) ?? true;
      if (refused !== true) return refused;
      const reserved = reservedRefusal(problem, gpu);
      if (reserved) return reserved;
      if (hasTooManyPhases(problem, gpu)) {
        if (method.gather) return true;
        const most = gpu.maxDispatches - BESIDE_PHASES;
        return {
          reason: `the stride cuts the gradient into ${phaseCount(problem)} phases, and a plan has dispatches for ${most} at most`,
        };
      }
      // Once for all of them: a stride of 32 along two axes has a thousand.
      const correlations = correlationsOf(problem);
      const traits = shareOf(problem, correlations.length, gpu);
      for (const c of correlations) {
        const verdict = method.supports(c, traits);
        if (verdict !== true) return verdict;
        const tooMany = dispatchRefusal(method, c, traits);
        if (tooMany) return tooMany;
      }
      return true;
    },

    // The variants of the largest correlation; the others take the variant of the same name, or where they have none their default.
    variants(problem, gpu): Variants[] {
      if (hasTooManyPhases(problem, gpu)) return [GATHER];
      const { lists, largest, variantOf } = listed(method, problem, gpu);
      // Where no output depends on any cell there is nothing to vary.
      if (lists.length === 0) return [NOTHING];
      return lists[largest]!.map(({ name }) => ({
        name,
        each: lists.map((list, at) => variantOf(at, name) ?? list[0]!),
      }));
    },

    named(problem, gpu, name): Variants | undefined {
      if (name === GATHER.name && method.gather && problem.pass === "backward-data") return GATHER;
      if (hasTooManyPhases(problem, gpu)) return undefined;
      const { lists, largest, variantOf } = listed(method, problem, gpu);
      if (lists.length === 0) return name === NOTHING.name ? NOTHING : undefined;
      const found = lists.map((_, at) => variantOf(at, name));
      return found[largest] && { name, each: found.map((one, at) => one ?? lists[at]![0]!) };
    },

    dispatches(problem, gpu, variant) {
      if (variant === GATHER) return 1 + Number(repeatsInput(problem));
      const correlations = correlationsOf(problem);
      const traits = shareOf(problem, correlations.length, gpu);
      const counts = correlations.map((c, at) => method.dispatches(c, traits, each(variant)[at]!));
      return counts.reduce((sum, count) => sum + count, besideCount(problem));
    },

    plan(problem, gpu, variant) {
      const names = { algorithm: method.name, variant: variant.name };
      const reserved = reservedBytes(problem);
      if (variant === GATHER)
        return { ...names, ...joined([method.gather!.plan(problem)], besideOf(problem, false), reserved) };
      const correlations = correlationsOf(problem);
      const traits = shareOf(problem, correlations.length, gpu);
      const parts = correlations.map((c, at) => method.plan(c, traits, each(variant)[at]!));
      const fills = problem.pass === "backward-data" && inputGradient(problem).fills;
      return { ...names, ...joined(parts, besideOf(problem, fills), reserved) };
    },

    errorGrowth(problem, variant) {
      if (variant === GATHER) return 1;
      const growths = correlationsOf(problem).map((c, at) => method.errorGrowth(c, each(variant)[at]!));
      return Math.max(1, largestOf(growths, Number));
    },

    ...(method.errorSpread && {
      errorSpread(problem: ConvProblem, variant: Variant): Triple {
        const spreads = correlationsOf(problem).map((c, at) => method.errorSpread!(c, each(variant)[at]!));
        const along = (axis: 0 | 1 | 2): number => largestOf(spreads, (spread) => spread[axis]);
        return [along(0), along(1), along(2)];
      },
    }),

    ...(method.errorNorm && { errorNorm: method.errorNorm }),

    exactOnIntegers(problem, variant) {
      if (variant === GATHER) return true;
      return correlationsOf(problem).every((c, at) => method.exactOnIntegers?.(c, each(variant)[at]!) ?? true);
    },

    cost(problem, gpu, variant) {
      if (variant === GATHER) return estimate([...method.gather!.work(problem), ...endWork(problem)], gpu.rates);
      const correlations = correlationsOf(problem);
      const traits = shareOf(problem, correlations.length, gpu);
      const work = correlations.map((c, at) => method.work(c, traits, each(variant)[at]!));
      return estimate([...work.flat(), ...endWork(problem)], gpu.rates);
    },
  };
}
