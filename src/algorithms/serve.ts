// From methods, which serve correlations, to algorithms, which serve problems: a problem's pass is one correlation or several, each
// computed by the same method, one after the other.
import type { Binding, Plan, Step } from "../plan.ts";
import { BINDING, STORAGE_ALIGNMENT } from "../plan.ts";
import type { ConvProblem } from "../problem.ts";
import { type Triple, roundUp } from "../shape.ts";
import type { Algorithm, GpuTraits, Method, Part, Variant } from "./algorithm.ts";
import { type Correlation, forwardCorrelation } from "./correlation.ts";

/** A variant of each correlation of a problem. */
interface Variants extends Variant {
  readonly each: readonly Variant[];
}

function correlationsOf(problem: ConvProblem): Correlation[] {
  return [forwardCorrelation(problem)];
}

/** A buffer that a kernel writes may be bound only for writing in that dispatch: what it reads of it too is declared so. */
function shareable(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const shared = step.bindings.filter(({ binding, operand }) => binding !== BINDING.output && operand === written);
  if (shared.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, shared: shared.map(({ binding }) => binding) } };
}

function moved(step: Step, offsets: Partial<Record<Binding["operand"], number>>): Step {
  const bindings = step.bindings.map((range) => ({ ...range, offset: range.offset + (offsets[range.operand] ?? 0) }));
  return shareable({ ...step, bindings });
}

/** The parts of a plan, one after the other in the same workspace; what is prepared of the weights lies side by side. */
function joined(parts: readonly Part[]): Omit<Plan, "algorithm" | "variant"> {
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let prepared = 0;
  for (const part of parts) {
    const offsets = { prepared };
    steps.push(...part.steps.map((step) => moved(step, offsets)));
    if (!part.preparation) continue;
    preparation.push(...part.preparation.steps.map((step) => moved(step, offsets)));
    prepared = roundUp(prepared + part.preparation.bytes, STORAGE_ALIGNMENT);
  }
  return {
    steps,
    workspaceBytes: Math.max(0, ...parts.map(({ workspaceBytes }) => workspaceBytes)),
    ...(prepared > 0 && { preparation: { steps: preparation, bytes: prepared } }),
  };
}

export function serve<V extends Variant>(method: Method<V>): Algorithm {
  const each = (variant: Variant): readonly V[] => (variant as Variants).each as readonly V[];
  return {
    name: method.name,
    passes: ["forward"],
    supports(problem, gpu) {
      for (const c of correlationsOf(problem)) {
        const verdict = method.supports(c, gpu);
        if (verdict !== true) return verdict;
      }
      return true;
    },
    variants(problem: ConvProblem, gpu: GpuTraits): Variants[] {
      const correlations = correlationsOf(problem);
      return method.variants(correlations[0]!, gpu).map((variant) => ({ name: variant.name, each: [variant] }));
    },
    plan(problem, gpu, variant) {
      const parts = correlationsOf(problem).map((c, at) => method.plan(c, gpu, each(variant)[at]!));
      return { algorithm: method.name, variant: variant.name, ...joined(parts) };
    },
    errorGrowth(problem, variant) {
      return Math.max(...correlationsOf(problem).map((c, at) => method.errorGrowth(c, each(variant)[at]!)));
    },
    errorSpread(problem, variant): Triple {
      const spreads = correlationsOf(problem).map((c, at) => method.errorSpread?.(c, each(variant)[at]!) ?? [0, 0, 0]);
      const along = (axis: 0 | 1 | 2): number => Math.max(...spreads.map((spread) => spread[axis]));
      return [along(0), along(1), along(2)];
    },
    ...(method.errorNorm && { errorNorm: method.errorNorm }),
    exactOnIntegers(problem, variant) {
      return correlationsOf(problem).every((c, at) => method.exactOnIntegers?.(c, each(variant)[at]!) ?? true);
    },
    cost(problem, gpu, variant) {
      return correlationsOf(problem).reduce((sum, c, at) => sum + method.cost(c, gpu, each(variant)[at]!), 0);
    },
  };
}
