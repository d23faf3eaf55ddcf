// What compact code is for: it holds the code that stores a result a few times, not once for each result of a tile.
import { expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/index.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import { type ConvDescriptor, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const DENSE: ConvDescriptor = { inputShape: [1, 16, 24, 24], kernelShape: [16, 16, 3, 3], padding: 1, bias: true };
const POINT: ConvDescriptor = { ...DENSE, kernelShape: [16, 16, 1, 1], padding: 0 };

/** Places at which a kernel finishes or stores a result, the functions that do so among them. */
const placesOf = (source: string): number => source.match(/\b(?:store|store_one|epilogue|finish)\(/g)!.length;

it.each([
  ["direct", DENSE],
  ["implicit-gemm", DENSE],
  ["winograd", DENSE],
  ["pointwise", POINT],
])("%s stores the results of a tile in a loop", (name, descriptor) => {
  const algorithm = algorithms.find((one) => one.name === name)!;
  const problem = convProblem("forward", descriptor);
  for (const candidate of candidatesOf(algorithm, problem, SOFTWARE_TRAITS)) {
    const { kernel } = candidate.plan().steps.at(-1)!;
    const compact = placesOf(assemble({ ...kernel, compact: true }));
    expect(compact, candidate.variant).toBeLessThanOrEqual(16);
    expect(compact, candidate.variant).toBeLessThanOrEqual(placesOf(assemble(kernel)));
  }
});
