// Covariances over a whole map as products of matrices: a map less its means, times its own transpose. Their gradient is a product too.
import pairShader from "../../../shaders/ops/covariance-pool/pair.wgsl";
import pairsShader from "../../../shaders/ops/covariance-pool/pairs.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { sub } from "../add/add.ts";
import { matmul } from "../matmul/matmul.ts";
import { reduceMean } from "../reduce/reduce.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { like } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import { transpose } from "../transpose/transpose.ts";
import type { Covariances } from "./geometry.ts";

/** Multiply-adds from which products of matrices are faster. */
const MANY = 2 ** 18;

/** Whether float32 maps have one window, which covers them, and are large enough to be multiplied as matrices. */
export function multiplies({ dtype }: Tensor, map: FeatureMap, { windows }: Covariances): boolean {
  const { kernel, output, padBegin } = windows;
  const isPlane = kernel.every((taps, axis) => taps === map.size[axis] && padBegin[axis] === 0);
  return dtype === "f32" && isPlane && elementCount(output) === 1 && elementsOf(map) * map.channels >= MANY;
}

/** The covariances y of x. */
export function multiplied(x: Tensor, map: FeatureMap, covariances: Covariances, y: TensorDescription): Tensor {
  return compose((composition) => {
    const matrices = matricesOf(composition, x, map, covariances);
    const products = composition.temporary(matmul(matrices, matrices, { transposeB: true }));
    return paired(products, y, map, false);
  });
}

/** The gradient of x. */
export function multipliedBackward(dy: Tensor, x: Tensor, map: FeatureMap, covariances: Covariances): Tensor {
  const { N, channels } = map;
  return compose((composition) => {
    const { temporary } = composition;
    const matrices = matricesOf(composition, x, map, covariances);
    const factors = temporary(paired(dy, like(matrices, [N, channels, channels]), map, true));
    return swapped(composition, temporary(matmul(factors, matrices)), x).view(x.shape, x.layout);
  });
}

/** The matrices [N, channels, cells] of a map, less its means if it is to be centered. */
function matricesOf(composition: Composition, x: Tensor, map: FeatureMap, { centered }: Covariances): Tensor {
  const { N, channels, size } = map;
  const { temporary } = composition;
  const sizes = [channels, elementCount(size)];
  const shape = [N, ...(x.layout === "channels-first" ? sizes : sizes.toReversed())];
  const matrices = swapped(composition, temporary(x.view(shape, "channels-first")), x);
  if (!centered) return matrices;
  const means = temporary(reduceMean(matrices, { axes: [2], keepDimensions: true }));
  return temporary(sub(matrices, means));
}

/** Swaps the axes of matrices if the map that they belong to has its channels last. */
function swapped({ temporary }: Composition, matrices: Tensor, { layout }: Tensor): Tensor {
  return layout === "channels-first" ? matrices : temporary(transpose(matrices, { permutation: [0, 2, 1] }));
}

/** Copies the upper triangles of symmetric matrices or, backward, copies to both triangles; divided by the number of cells. */
function paired(given: Tensor, to: TensorDescription, { N, channels, size }: FeatureMap, BACKWARD: boolean): Tensor {
  return run({
    name: "covariancePool",
    inputs: { given },
    results: { to },
    parameters: [BACKWARD, size],
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [pairShader, pairsShader],
          constants: { BACKWARD },
          ranges: [whole("given", given), whole("to", to)],
          uniforms: { channels, pairs: (channels * (channels + 1)) / 2, scale: 1 / elementCount(size) },
          threads: N * channels ** 2,
        }),
      ],
    }),
  }).to;
}
