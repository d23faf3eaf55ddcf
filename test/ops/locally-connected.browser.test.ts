import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import {
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { LOCAL_CASES, localWeights } from "./local.ts";
import { type OperationCase, channelsLast, magnitudes, testOperations } from "./suite.ts";

const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });

const cases = LOCAL_CASES.flatMap((one): OperationCase<never>[] => {
  const { name, x, options } = one;
  const w = localWeights(one);
  const output = reference.locallyConnected(zeros(x), zeros(w.shape), options).shape;
  const [, K, ...cells] = output as [number, number, ...number[]];
  const inShape = (layout: string): number[] =>
    layout === "channels-last" ? [...channelsLast(zeros(x)).shape] : [...x];
  // The terms of an output are a window and the bias; those of a cell K a group times the taps at most, fewer than 64; those of a weight the batch.
  const terms = 64;
  const forward: OperationCase<"x" | "w" | "bias"> = {
    name,
    inputs: { x: { shape: x }, w, bias: { shape: [K, ...cells], last: [...cells, K] } },
    run: ({ x: input, w: weights, bias }) => ({
      y: locallyConnected(input, weights, { ...options, bias }),
    }),
    reference: ({ x: input, w: weights, bias }, layout) => ({
      y: reference.locallyConnected(input, weights, { ...options, bias, layout }),
    }),
    bound: ({ x: input, w: weights, bias }, layout) => {
      const all = { ...options, bias: magnitudes(bias), layout };
      const { data } = reference.locallyConnected(magnitudes(input), magnitudes(weights), all);
      return { y: (at) => gamma(terms) * data[at]! };
    },
  };
  const backward: OperationCase<"x" | "w" | "dy"> = {
    name: `gradients of ${name}`,
    inputs: { x: { shape: x }, w, dy: { shape: output } },
    run: ({ x: input, w: weights, dy }, layout) => ({
      dx: locallyConnectedBackwardData(dy, weights, { ...options, inputShape: inShape(layout) }),
      dw: locallyConnectedBackwardWeights(input, dy, options),
      db: locallyConnectedBackwardBias(dy),
    }),
    reference: ({ x: input, w: weights, dy }, layout) => ({
      dx: reference.locallyConnectedBackwardData(dy, weights, { ...options, inputShape: inShape(layout), layout }),
      dw: reference.locallyConnectedBackwardWeights(input, dy, { ...options, layout }),
      db: reference.locallyConnectedBackwardBias(dy, { layout }),
    }),
    bound: ({ x: input, w: weights, dy }, layout) => {
      const [a, b, c] = [magnitudes(input), magnitudes(weights), magnitudes(dy)];
      const dx = reference.locallyConnectedBackwardData(c, b, { ...options, inputShape: inShape(layout), layout }).data;
      const dw = reference.locallyConnectedBackwardWeights(a, c, { ...options, layout }).data;
      const db = reference.locallyConnectedBackwardBias(c, { layout }).data;
      return {
        dx: (at) => gamma(terms) * dx[at]!,
        dw: (at) => gamma(x[0]!) * dw[at]!,
        db: (at) => gamma(x[0]!) * db[at]!,
      };
    },
  };
  // A layer without a bias has another kernel.
  const plain: OperationCase<"x" | "w"> = {
    name: `${name}, no bias`,
    inputs: { x: { shape: x }, w },
    run: ({ x: input, w: weights }) => ({ y: locallyConnected(input, weights, options) }),
    reference: ({ x: input, w: weights }, layout) => ({
      y: reference.locallyConnected(input, weights, { ...options, layout }),
    }),
    bound: ({ x: input, w: weights }, layout) => {
      const { data } = reference.locallyConnected(magnitudes(input), magnitudes(weights), { ...options, layout });
      return { y: (at) => gamma(terms) * data[at]! };
    },
  };
  return one === LOCAL_CASES[0] ? [forward, plain, backward] : [forward, backward];
});

testOperations(cases);
