// Upsampling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { upsample, upsampleBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { UPSAMPLED_MAPS } from "./upsampled-maps.ts";
import { inLayout } from "./windows.ts";

const upsamplings = UPSAMPLED_MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const output = reference.upsample({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  // One weight along an axis is a division accurate to 2.5 ULP (WGSL's table of accuracies), 5 u of at most 1, and the other is 1 less that,
  // rounded: both err by at most 11 u. The weights along the other axes add up to 1, and no cell is larger than 1: 33 u for three axes, three
  // products and eight terms.
  const roundings = options.mode === "linear" ? 33 + 3 + 8 : 0;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: upsample(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.upsample(x, { ...options, layout }) }),
    bound: () => ({ y: () => gamma(roundings) }),
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
    // Here each weight is one division of whole numbers. Three of them, the additions, and the division of the sum by 1.
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
