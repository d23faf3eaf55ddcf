// Which of the shared problems a run takes. A vitest project says so: "all", "cross-section" where compiling is slow, or "sample" where
// the same driver has run them all by way of another program.
import type { Dtype } from "../../src/base/dtype.ts";
import type { Pass } from "../../src/problem/problem.ts";
import { type NamedProblem, problems } from "./problems.ts";

export type Selection = "all" | "cross-section" | "sample";

declare module "vitest" {
  export interface ProvidedContext {
    selection: Selection;
  }
}

/**
 * The problems of a run in an element type and pass. A cross-section has every kind of layer with every complication in 2-D, the plain
 * kinds in 1-D and 3-D, every corner and every epilogue; each in one of the two layouts, taking turns from problem to problem, and in
 * the other one for the other element type. The backward passes take turns with the layouts always, and so do activations and their
 * derivatives, which see one number at a time wherever it lies. Kernels of the backward passes differ
 * from problem to problem, so a cross-section has a quarter of them for each pass and element type: what these share is tested by any.
 * A sample is the plain kinds of layer in 2-D, the same in every pass, by the default variants.
 */
export function selectProblems(selection: Selection, dtype: Dtype, pass: Pass): NamedProblem[] {
  const turn = dtype === "f32" ? 0 : 1;
  let chosen = problems.filter(({ passes }) => passes.includes(pass));
  const takesTurns = ({ descriptor }: NamedProblem): boolean =>
    selection !== "all" || pass !== "forward" || Boolean(descriptor.activation ?? descriptor.activationGradient);
  // The two layouts of a problem stand side by side.
  chosen = chosen.filter((problem, at) => !takesTurns(problem) || at % 2 === (Math.floor(at / 2) + turn) % 2);
  if (selection === "cross-section")
    chosen = chosen
      .filter(({ name }) => !/^[13]-D /.test(name) || name.includes(", plain, "))
      .filter((_, at) => pass === "forward" || at % 4 === (pass === "backward-data" ? turn : 2 + turn));
  if (selection === "sample") chosen = chosen.filter(({ name }) => /^2-D .*, plain, /.test(name));
  return chosen.map(({ name, descriptor, passes }) => ({ name, passes, descriptor: { ...descriptor, dtype } }));
}
