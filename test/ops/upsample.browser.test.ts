import { elementCount } from "../../src/base/shape.ts";
import { upsample, upsampleBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { gamma } from "../suite/bounds.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { UPSAMPLED_MAPS } from "./upsampled-maps.ts";
import { inLayout } from "./windows.ts";

const upsamplings = UPSAMPLED_MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const output = reference.upsample({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  // A weight along an axis is a division good to 2.5 ULP (WGSL's table of accuracies), and so to 5 u of at most 1, and the other one 1 less
  // that, rounded: both err by 11 u. The weights along the other axes add up to 1, and no cell is larger than 1: 33 u for three axes, three
  // products and eight terms.
  const parts = options.mode === "linear" ? 33 + 3 + 8 : 0;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: upsample(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.upsample(x, { ...options, layout }) }),
    bound: () => ({ y: () => gamma(parts) }),
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: output } },
    run: ({ dy }, layout) => ({
      dx: upsampleBackward(dy, { ...options, inputShape: inLayout(shape, layout) }),
    }),
    reference: ({ dy }, layout) => ({
      dx: reference.upsampleBackward(dy, { ...options, layout, inputShape: inLayout(shape, layout) }),
    }),
    // Here each weight, of whole numbers, is one division; those of three axes, the terms and the division by 1 of a sum.
    bound: ({ dy }, layout) => {
      const sizes = reference.upsampleBackward(magnitudes(dy), {
        ...options,
        layout,
        inputShape: inLayout(shape, layout),
      }).data;
      const terms = elementCount(output.slice(2));
      return { dx: (place) => gamma(3 * 5 + 3 + terms + 5) * sizes[place]! };
    },
  };
  return [forward, backward];
});

testOperations(upsamplings);
