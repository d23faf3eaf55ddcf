// Dropout of elements or of whole channels, and its gradient, which draws the same random numbers again.
import dropoutShader from "../../../shaders/ops/dropout/dropout.wgsl";
import fourLanesShader from "../../../shaders/ops/dropout/four-lanes.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { splitShape } from "../../problem/problem.ts";
import { itemsOf } from "../shared/items.ts";
import { DROPOUT_KEYS, type DropoutOptions, dropoutOf } from "./geometry.ts";

/**
 * Dropout (Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014): x / (1 - rate), and 0 for a
 * random fraction `rate` of the elements. Which ones depends only on the seed and on the element's place in [N, C, ...spatial], so both
 * layouts and element types drop the same elements. Use a new seed for each training step.
 *
 * @param x of any shape; with `perChannel` a feature map
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = dropout(x, { rate: 0.1, seed: step });
 */
export function dropout(x: Tensor, options: DropoutOptions): Tensor {
  return drop("dropout", "x", x, options)["y"]!;
}

/** The result of dropout, and which elements it keeps. */
export interface DroppedOut {
  readonly y: Tensor;
  /** 1 for each element that is kept, 0 for each that is dropped; like x. */
  readonly mask: Tensor;
}

/**
 * `dropout`, and its mask.
 *
 * @param x as for `dropout`
 * @returns new tensors like x
 * @throws ConvError naming the invalid argument
 * @example const { y, mask } = dropoutWithMask(x, { rate: 0.1, seed: step });
 */
export function dropoutWithMask(x: Tensor, options: DropoutOptions): DroppedOut {
  return drop("dropoutWithMask", "x", x, options) as unknown as DroppedOut;
}

/**
 * Gradient of `dropout` with respect to x: dy / (1 - rate), and 0 for the dropped elements.
 *
 * @param dy gradient of the result
 * @param options the options of the forward operation
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example const dx = dropoutBackward(dy, { rate: 0.1, seed: step });
 */
export function dropoutBackward(dy: Tensor, options: DropoutOptions): Tensor {
  return drop("dropoutBackward", "dy", dy, options)["y"]!;
}

function drop(name: string, argument: string, given: Tensor, options: DropoutOptions): Record<string, Tensor> {
  checkOptions("options", options, DROPOUT_KEYS);
  const { shape, layout, dtype } = checkTensor(argument, given);
  const { threshold, scale, seed, perChannel } = dropoutOf(options, shape.length);
  const results: Record<string, Tensor> = { y: given, ...(name === "dropoutWithMask" && { mask: given }) };
  return run({
    name,
    inputs: { [argument]: given },
    results,
    parameters: [threshold, scale, seed, perChannel],
    recipe: () => {
      const last = shape.length > 2 && layout === "channels-last";
      const { channels, spatial } = shape.length > 2 ? splitShape(shape, layout) : NO_CELLS;
      const cells = elementCount(spatial);
      const inMemoryOrder = !last && !perChannel;
      const items = itemsOf(dtype, inMemoryOrder ? elementCount(shape) : last ? channels : cells);
      const counterStep = last ? (perChannel ? 1 : cells) : perChannel ? 0 : 1;
      const four = items.lanes === 4;
      const steps = Object.keys(results).map((result) =>
        dispatch({
          shaders: [...(four ? [fourLanesShader] : []), dropoutShader],
          constants: { CHANNELS_LAST: last, PER_CHANNEL: perChannel },
          aliases: { ...items.aliases, U: four ? "vec4u" : "u32" },
          // The only lane has number 0, which is u32().
          functions: four ? {} : { lane_numbers: "u32" },
          ranges: [whole(argument, given), whole(result, given)],
          uniforms: {
            ...{ threshold, scale, seedLow: seed[0], seedHigh: seed[1] },
            ...{ lanes: items.lanes, channels, cells, counterStep, mask: result === "mask" ? 1 : 0 },
          },
          threads: elementCount(shape) / items.lanes,
        }),
      );
      return { steps };
    },
  });
}

/** The elements of vectors and matrices are numbered as they lie in memory. */
const NO_CELLS = { channels: 1, spatial: [] };
