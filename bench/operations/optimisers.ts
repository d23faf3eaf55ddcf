// Steps of optimisers, which update their inputs in place.
import { type BenchOperation, entry, positive } from "./entry.ts";

/** The size of a 3x3 layer of ResNet-50; axes do not matter here. */
const WEIGHTS = { shape: [256, 256, 3, 3], weights: true };

export const OPTIMISERS: readonly BenchOperation[] = [
  entry({
    operation: "sgd",
    name: "ResNet-50, 3x3 256->256, momentum",
    inputs: { w: WEIGHTS, dw: WEIGHTS, velocity: WEIGHTS },
    call: (on, { w, dw, velocity }) => on.sgd(w, dw, { learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4, velocity }),
    changes: ["w", "velocity"],
  }),
  entry({
    operation: "adam",
    name: "ResNet-50, 3x3 256->256",
    inputs: { w: WEIGHTS, dw: WEIGHTS, m: WEIGHTS, v: { ...WEIGHTS, values: positive } },
    call: (on, { w, dw, m, v }) => on.adam(w, dw, { learningRate: 1e-3, step: 100, m, v }),
    changes: ["w", "m", "v"],
  }),
];
