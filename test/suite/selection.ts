// Which of the shared problems a run takes. A vitest project says so: "all", or "cross-section" where compiling is slow.
import type { Dtype } from "../../src/dtype.ts";
import type { Pass } from "../../src/problem.ts";
import { type NamedProblem, problems } from "./problems.ts";

export type Selection = "all" | "cross-section";

declare module "vitest" {
  export interface ProvidedContext {
    selection: Selection;
  }
}

/**
 * The problems of a run in an element type and pass. A cross-section has every kind of layer with every complication in 2-D, the plain
 * kinds in 1-D and 3-D, every corner and every epilogue; each in one of the two layouts, taking turns from problem to problem, and in
 * the other one for the other element type. The backward passes take turns with the layouts always. Their kernels differ
 * from problem to problem, so a cross-section has a quarter of them for each pass and element type: what these share is tested by any.
 */
export function selectProblems(selection: Selection, dtype: Dtype, pass: Pass): NamedProblem[] {
  const turn = dtype === "f32" ? 0 : 1;
  let chosen = problems.filter(({ passes }) => passes.includes(pass));
  // The two layouts of a problem stand side by side.
  if (selection === "cross-section" || pass !== "forward")
    chosen = chosen.filter((_, at) => at % 2 === (Math.floor(at / 2) + turn) % 2);
  if (selection === "cross-section")
    chosen = chosen
      .filter(({ name }) => !/^[13]-D /.test(name) || name.includes(", plain, "))
      .filter((_, at) => pass === "forward" || at % 4 === (pass === "backward-data" ? turn : 2 + turn));
  return chosen.map(({ name, descriptor, passes }) => ({ name, passes, descriptor: { ...descriptor, dtype } }));
}
