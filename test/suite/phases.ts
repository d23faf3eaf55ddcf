// The phases of a strided gradient one by one, for tests that follow every product and every cell.
import { type Triple, eachAxis, elementCount } from "../../src/base/shape.ts";
import type { Correlation } from "../../src/problem/correlation.ts";

/** Splits a correlation into one for each of its phases, without the outputs that are no cells of the tensor. */
export function eachPhase(c: Correlation): Correlation[] {
  const { phases } = c;
  if (!phases) return [c];
  const { counts, first, step, stride, cells } = phases;
  const all = Array.from({ length: elementCount(counts) }, (_, at): Triple => [
    Math.floor(at / counts[1] / counts[2]),
    Math.floor(at / counts[2]) % counts[1],
    at % counts[2],
  ]);
  return all.flatMap((phase) => {
    const start = eachAxis((axis) => first[axis] + phase[axis] * step[axis]);
    const from = eachAxis((axis) => Math.max(0, Math.ceil(-start[axis] / stride[axis])));
    const to = eachAxis((axis) => Math.min(c.output[axis], Math.ceil((cells[axis] - start[axis]) / stride[axis])));
    const along = (strides: Triple, counted: Triple): number =>
      strides.reduce((sum, one, axis) => sum + one * counted[axis]!, 0);
    const one: Correlation = {
      ...c,
      K: c.K / elementCount(counts),
      output: eachAxis((axis) => to[axis] - from[axis]),
      padBegin: eachAxis((axis) => c.padBegin[axis] - from[axis]),
      w: { ...c.w, start: c.w.start + along(phases.weights, phase) },
      y: { ...c.y, start: c.y.start + along(phases.outputs, phase) + along(c.y.spatial, from) },
      phases: undefined,
    };
    return one.output.every((size) => size > 0) ? [one] : [];
  });
}
