// Dropout (Srivastava et al. 2014) of elements or of whole channels, and its gradient, which makes the same random numbers again.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { DROPOUT_KEYS, type DropoutOptions, dropoutOf } from "./geometry.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import fourLanesShader from "../../../shaders/ops/dropout/four-lanes.wgsl";
import dropoutShader from "../../../shaders/ops/dropout/dropout.wgsl";

/**
 * x / (1 - rate), and 0 for as many elements as the rate says, at random. Which ones the seed alone decides, and where an element is in
 * [N, C, ...spatial]: the same in both layouts and element types. What a training step drops has to be another seed's in the next.
 *
 * @param x of any shape; with `perChannel` a feature map
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function dropout(x: Tensor, options: DropoutOptions): Tensor {
  return drop("dropout", "x", x, options);
}

/**
 * The gradient of `dropout` with respect to its x: dy / (1 - rate), and 0 for what was dropped.
 *
 * @param dy the gradient of its result
 * @param options those of the forward operation
 * @returns a new tensor like dy
 * @throws ConvError naming the argument that does not fit
 */
export function dropoutBackward(dy: Tensor, options: DropoutOptions): Tensor {
  return drop("dropoutBackward", "dy", dy, options);
}

function drop(
  name: string,
  argument: string,
  given: Tensor,
  options: DropoutOptions,
): Tensor {
  checkOptions("options", options, DROPOUT_KEYS);
  const { shape, layout, dtype } = checkTensor(argument, given);
  const { threshold, scale, seed, perChannel } = dropoutOf(options, shape.length);
  const y = { shape, layout, dtype };
  return run({
    name,
    inputs: { x: given },
    results: { y },
    parameters: [threshold, scale, seed, perChannel],
    recipe: () => {
      const last = shape.length > 2 && layout === "channels-last";
      const { channels, size } = shape.length > 2 ? mapOfShape(argument, [...shape], layout) : NO_CELLS;
      const cells = elementCount(size);
      const plain = !last && !perChannel;
      const items = itemsOf(dtype, plain ? elementCount(shape) : last ? channels : cells);
      const apart = last ? (perChannel ? 1 : cells) : perChannel ? 0 : 1;
      const threads = elementCount(shape) / items.lanes;
      const four = items.lanes === 4;
      const step = dispatch({
        shaders: [...(four ? [fourLanesShader] : []), dropoutShader],
        constants: { CHANNELS_LAST: last, PER_CHANNEL: perChannel },
        aliases: { ...items.aliases, U: four ? "vec4u" : "u32" },
        // One lane has the number u32(), 0.
        functions: four ? {} : { lane_numbers: "u32" },
        ranges: [whole("x", given), whole("y", y)],
        uniforms: [threads, threshold, floatBits(scale), ...seed, items.lanes, channels, cells, apart],
        threads,
      });
      return { steps: [step] };
    },
  }).y;
}

/** Vectors and matrices are counted as they lie. */
const NO_CELLS = { channels: 1, size: [1, 1, 1] } as const;
