// The passes over a graph, and their order.
import type { Graph } from "../graph.ts";
import { chooseLayouts } from "./choose-layouts.ts";
import { dropDead } from "./drop-dead.ts";
import { dropIdentities } from "./drop-identities.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldPadding } from "./fold-padding.ts";
import { fuseEpilogues } from "./fuse-epilogues.ts";
import { joinMoves } from "./join-moves.ts";
import { recogniseActivations } from "./recognise-activations.ts";

/** Each returns a graph that computes the same, or the graph that it was given if it found nothing. */
export const PASSES: readonly ((graph: Graph) => Graph)[] = [
  dropDead,
  foldConstants,
  chooseLayouts,
  joinMoves,
  dropIdentities,
  recogniseActivations,
  foldPadding,
  foldAffine,
  fuseEpilogues,
];

/** Most rounds. Each takes time proportional to the size of the graph; networks need two or three. */
const MOST_ROUNDS = 8;

/**
 * Returns a graph that computes the same with less: constants are folded, normalisations and padding put into convolutions, what follows those
 * fused into them, and moves joined. The same graph gives the same result; graphs of the same constants share what is computed from them.
 */
export function optimise(graph: Graph): Graph {
  const passes = optimising(graph);
  for (;;) {
    const { done, value } = passes.next();
    if (done) return value;
  }
}

/** `optimise` in pieces: yields after each pass, and returns the graph. */
export function* optimising(graph: Graph): Generator<void, Graph> {
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current;
    for (const pass of PASSES) {
      current = pass(current);
      yield;
    }
    if (current === before) break;
  }
  return current;
}
