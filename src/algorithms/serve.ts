// From methods, which serve correlations, to algorithms, which serve problems: a problem's pass is one correlation or several, each
// computed by the same method, one after the other in the same workspace.
import { type Binding, BINDING, type Plan, STORAGE_ALIGNMENT, type Step } from "../plan.ts";
import { type ConvProblem, PASSES, multiplyAdds } from "../problem.ts";
import { type Triple, elementCount, roundUp } from "../shape.ts";
import type { Algorithm, GpuTraits, Method, Part, Unsupported, Variant } from "./algorithm.ts";
import { type Correlation, forwardCorrelation } from "./correlation.ts";
import { fillStep, foldStep, paddedBytes } from "./fold.ts";
import { type InputGradient, inputGradient, weightGradient } from "./gradients.ts";
import { F32_BYTES } from "./parts.ts";
import { OUTPUT_LOADS, type Work, bytesOf, estimate } from "./work.ts";

/** A variant for each correlation of a problem. */
interface Variants extends Variant {
  readonly each: readonly Variant[];
}

/** The one variant where no output depends on any cell. */
const NOTHING: Variants = { name: "zeros", each: [] };

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
 * What the method may use for one correlation. What the parts of a plan prepare of the weights lies side by side, so each gets an equal
 * share of the bytes; only their scratch memory is the same.
 */
function shareOf(problem: ConvProblem, gpu: GpuTraits): GpuTraits {
  const count = Math.max(1, correlationsOf(problem).length);
  const bytes = (gpu.maxWorkspaceBytes - reservedBytes(problem)) / count;
  const share = count === 1 ? bytes : Math.floor(bytes / STORAGE_ALIGNMENT) * STORAGE_ALIGNMENT;
  return { ...gpu, maxWorkspaceBytes: Math.max(0, share) };
}

/** A buffer that a kernel writes may be bound only for writing in that dispatch: what it reads of it too is declared so. */
function shareable(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const shared = step.bindings.filter(({ binding, operand }) => binding !== BINDING.output && operand === written);
  if (shared.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, shared: shared.map(({ binding }) => binding) } };
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

/** The parts of a plan one after the other; what is prepared of the weights lies side by side. */
function joined(parts: readonly Part[], ends: readonly Step[], reserved: number): Omit<Plan, "algorithm" | "variant"> {
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let bytes = 0;
  for (const part of parts) {
    const prepared = roundUp(bytes, STORAGE_ALIGNMENT);
    steps.push(...part.steps.map((step) => placed(step, reserved, prepared)));
    if (!part.preparation) continue;
    preparation.push(...part.preparation.steps.map((step) => placed(step, reserved, prepared)));
    bytes = prepared + part.preparation.bytes;
  }
  steps.push(...ends.map((step) => placed(step, reserved, 0)));
  return {
    steps,
    workspaceBytes: reserved + Math.max(0, ...parts.map(({ workspaceBytes }) => workspaceBytes)),
    ...(bytes > 0 && { preparation: { steps: preparation, bytes } }),
  };
}

/** What follows the phases of a gradient of the input: the cells that no output depends on, and the border. */
function endsOf(problem: ConvProblem, { untouched, folds }: InputGradient): Step[] {
  const fills = untouched.map((cells) => fillStep(problem, cells, folds));
  return folds ? [...fills, foldStep(problem)] : fills;
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
function reservedRefusal(problem: ConvProblem, gpu: GpuTraits): Unsupported | undefined {
  const bytes = reservedBytes(problem);
  const most = Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes);
  if (bytes <= most) return undefined;
  return {
    reason: `the gradient of the padded input takes ${bytes} bytes of workspace, more than the ${most} allowed`,
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
      // Once for all of them: a stride of 32 along two axes has a thousand.
      const traits = shareOf(problem, gpu);
      for (const c of correlationsOf(problem)) {
        const verdict = method.supports(c, traits);
        if (verdict !== true) return verdict;
      }
      return true;
    },

    // The variants of the largest correlation; the others take the variant of the same name, or where they have none their default.
    variants(problem, gpu): Variants[] {
      const traits = shareOf(problem, gpu);
      const correlations = correlationsOf(problem);
      const lists = correlations.map((c) => method.variants(c, traits));
      const sizes = correlations.map(multiplyAdds);
      const largest = lists[sizes.indexOf(Math.max(...sizes))];
      // Where no output depends on any cell there is nothing to vary.
      if (!largest) return [NOTHING];
      return largest.map(({ name }) => ({
        name,
        each: lists.map((list) => list.find((one) => one.name === name) ?? list[0]!),
      }));
    },

    named(problem, gpu, name): Variants | undefined {
      const traits = shareOf(problem, gpu);
      const correlations = correlationsOf(problem);
      const lists = correlations.map((c) => method.variants(c, traits));
      const found = correlations.map(
        (c, at) => lists[at]!.find((one) => one.name === name) ?? method.named?.(c, traits, name),
      );
      const sizes = correlations.map(multiplyAdds);
      const largest = sizes.indexOf(Math.max(...sizes));
      if (correlations.length === 0) return name === NOTHING.name ? NOTHING : undefined;
      return found[largest] && { name, each: found.map((one, at) => one ?? lists[at]![0]!) };
    },

    plan(problem, gpu, variant) {
      const traits = shareOf(problem, gpu);
      const parts = correlationsOf(problem).map((c, at) => method.plan(c, traits, each(variant)[at]!));
      const ends = problem.pass === "backward-data" ? endsOf(problem, inputGradient(problem)) : [];
      return {
        algorithm: method.name,
        variant: variant.name,
        ...joined(parts, ends, reservedBytes(problem)),
      };
    },

    errorGrowth(problem, variant) {
      return Math.max(1, ...correlationsOf(problem).map((c, at) => method.errorGrowth(c, each(variant)[at]!)));
    },

    ...(method.errorSpread && {
      errorSpread(problem: ConvProblem, variant: Variant): Triple {
        const spreads = correlationsOf(problem).map((c, at) => method.errorSpread!(c, each(variant)[at]!));
        const along = (axis: 0 | 1 | 2): number => Math.max(0, ...spreads.map((spread) => spread[axis]));
        return [along(0), along(1), along(2)];
      },
    }),

    ...(method.errorNorm && { errorNorm: method.errorNorm }),

    exactOnIntegers(problem, variant) {
      return correlationsOf(problem).every((c, at) => method.exactOnIntegers?.(c, each(variant)[at]!) ?? true);
    },

    cost(problem, gpu, variant) {
      const traits = shareOf(problem, gpu);
      const work = correlationsOf(problem).map((c, at) => method.work(c, traits, each(variant)[at]!));
      return estimate([...work.flat(), ...endWork(problem)], gpu.rates);
    },
  };
}
