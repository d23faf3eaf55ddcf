// Selects the shared problems of a run. The Vitest project provides the kind of selection and the draw.
import type { Dtype } from "../../src/base/dtype.ts";
import type { Pass } from "../../src/problem/problem.ts";
import { type NamedProblem, problems } from "./problems.ts";
import { seedOf } from "./random.ts";

/**
 * - `all`: every problem
 * - `cross-section`, where compiling is slow: every kind of layer with every complication in 2-D, the plain kinds in 1-D and 3-D, every
 *   corner case and every epilogue; a quarter of these for the backward passes
 * - `sample`, where another program already runs on the same driver: the plain kinds of layer in 2-D
 */
export type Selection = "all" | "cross-section" | "sample";

/** The share of a selection that one run takes: the problems are split into `parts`, and the seed picks one. */
export interface Draw {
  readonly parts: number;
  readonly seed: number;
}

declare module "vitest" {
  export interface ProvidedContext {
    selection: Selection;
    draw: Draw;
  }
}

/** Problems that every run takes: the plain kinds of layer in 2-D. */
function isCore({ name }: NamedProblem): boolean {
  return /^2-D .*, plain, /.test(name);
}

/** Whether a run takes the problem of this name. Each name is in exactly one part, so runs with different parts cover all. */
export function isDrawn(name: string, { parts, seed }: Draw): boolean {
  return seedOf(name) % parts === seed % parts;
}

/**
 * The part of a list that a run takes: one of `parts` by the names of its entries, all of it if the run takes every problem. Never nothing
 * of something: a part without entries gets the first of the list.
 */
export function drawPart<T>(
  list: readonly T[],
  parts: number,
  { parts: all, seed }: Draw,
  nameOf: (one: T) => string,
): readonly T[] {
  const drawn = list.filter((one) => isDrawn(nameOf(one), { parts: all === 1 ? 1 : parts, seed }));
  return drawn.length > 0 ? drawn : list.slice(0, 1);
}

/**
 * The problems of a run in an element type and pass. In the forward pass of `all`, a problem runs in both layouts; elsewhere, layouts alternate
 * from problem to problem and with the element type. They always alternate for activations and their derivatives, which work on one number at
 * a time.
 * @param isWanted filters the problems; a selection without any wanted one takes the first of all that are
 */
export function selectProblems(
  selection: Selection,
  draw: Draw,
  dtype: Dtype,
  pass: Pass,
  isWanted: (problem: NamedProblem) => boolean = () => true,
): NamedProblem[] {
  const wanted = listed(selection, draw, dtype, pass).filter(isWanted);
  return wanted.length > 0 ? wanted : listed("all", { parts: 1, seed: 0 }, dtype, pass).filter(isWanted).slice(0, 1);
}

function listed(selection: Selection, draw: Draw, dtype: Dtype, pass: Pass): NamedProblem[] {
  const turn = dtype === "f32" ? 0 : 1;
  let chosen = problems.filter(({ passes }) => passes.includes(pass));
  const takesTurns = ({ descriptor }: NamedProblem): boolean =>
    selection !== "all" || pass !== "forward" || Boolean(descriptor.activation ?? descriptor.activationGradient);
  // The two layouts of a problem are neighbours in the list.
  chosen = chosen.filter((problem, at) => !takesTurns(problem) || at % 2 === (Math.floor(at / 2) + turn) % 2);
  if (selection === "cross-section")
    chosen = chosen
      .filter(({ name }) => !/^[13]-D /.test(name) || name.includes(", plain, "))
      .filter((_, at) => pass === "forward" || at % 4 === (pass === "backward-data" ? turn : 2 + turn));
  if (selection === "sample") chosen = chosen.filter(isCore);
  return chosen
    .filter((problem) => isCore(problem) || isDrawn(`${problem.name} ${dtype} ${pass}`, draw))
    .map(({ name, descriptor, passes }) => ({ name, passes, descriptor: { ...descriptor, dtype } }));
}
