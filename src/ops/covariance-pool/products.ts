// Covariances over a whole map as products of matrices: a map less its means, times its own transpose. Their gradient is a product too.
import matricesShader from "../../../shaders/ops/covariance-pool/matrices.wgsl";
import pairShader from "../../../shaders/ops/covariance-pool/pair.wgsl";
import pairsShader from "../../../shaders/ops/covariance-pool/pairs.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { matmul } from "../matmul/matmul.ts";
import { compose } from "../shared/composition.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import type { Windows } from "../shared/geometry/windows.ts";
import { centerSnippet } from "../shared/lanes.ts";
import { CENTER_BINDING } from "../shared/parameters.ts";

/** Multiply-adds from which products of matrices are faster. */
const MANY = 2 ** 18;

/** Whether a map has one window, which covers it, and is large enough to be multiplied as matrices. */
export function multiplies(map: FeatureMap, { kernel, output, padBegin }: Windows): boolean {
  const isPlane = kernel.every((taps, axis) => taps === map.size[axis] && padBegin[axis] === 0);
  return isPlane && elementCount(output) === 1 && elementsOf(map) * map.channels >= MANY;
}

/** The steps that compute means of a tensor, and where these then lie. */
type Means = Required<Recipe> & { readonly range: Range };

/** Gives the means of a tensor of this name. */
export type MeansOf = (operand: string) => Means | undefined;

const matrices = (n: number, rows: number, columns: number): TensorDescription => ({
  shape: [n, rows, columns],
  layout: "channels-first",
  dtype: "f32",
});

/** Copies matrices to another layout and element type, less the means of their rows if there are any. */
function arranged(
  name: string,
  from: Tensor,
  to: TensorDescription,
  [rows, columns]: readonly [number, number],
  meansOf?: MeansOf,
): Tensor {
  return run({
    name,
    inputs: { from },
    results: { to },
    parameters: [rows, meansOf !== undefined],
    recipe: () => {
      const means = meansOf?.("from");
      const step = dispatch({
        shaders: [centerSnippet(means), matricesShader],
        constants: { TRANSPOSED: from.layout !== to.layout },
        aliases: { E: elementTypes(from.dtype).one, F: elementTypes(to.dtype).one, S: "f32", V: "f32" },
        ranges: [whole("from", from), whole("to", to), means && { ...means.range, binding: CENTER_BINDING }],
        uniforms: { rows, columns },
        threads: from.size,
      });
      return { ...means, steps: [...(means?.steps ?? []), step] };
    },
  }).to;
}

/** Copies the upper triangles of symmetric matrices to matrices or from them, multiplied by `scale`. */
function paired(name: string, BACKWARD: boolean, from: Tensor, to: TensorDescription, map: FeatureMap): Tensor {
  const { N, channels, size } = map;
  return run({
    name,
    inputs: { from },
    results: { to },
    parameters: size,
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [pairShader, pairsShader],
          constants: { BACKWARD },
          aliases: { E: elementTypes(from.dtype).one, F: elementTypes(to.dtype).one },
          ranges: [whole("from", from), whole("to", to)],
          uniforms: { channels, pairs: (channels * (channels + 1)) / 2, scale: 1 / elementCount(size) },
          threads: N * channels ** 2,
        }),
      ],
    }),
  }).to;
}

/** The covariances y of x. */
export function multiplied(name: string, x: Tensor, map: FeatureMap, y: TensorDescription, meansOf?: MeansOf): Tensor {
  const { N, channels, size } = map;
  const sizes = [channels, elementCount(size)] as const;
  return compose(({ temporary }) => {
    const centred = temporary(arranged(name, x, matrices(N, ...sizes), sizes, meansOf));
    const products = temporary(matmul(centred, centred, { transposeB: true }));
    return paired(name, false, products, y, map);
  });
}

/** The gradient of x. */
export function multipliedBackward(name: string, dy: Tensor, x: Tensor, map: FeatureMap, meansOf?: MeansOf): Tensor {
  const { N, channels, size } = map;
  const sizes = [channels, elementCount(size)] as const;
  return compose(({ temporary }) => {
    const centred = temporary(arranged(name, x, matrices(N, ...sizes), sizes, meansOf));
    const factors = temporary(paired(name, true, dy, matrices(N, channels, channels), map));
    const dx = temporary(matmul(factors, centred));
    const { shape, layout, dtype } = x;
    if (layout === dx.layout && dtype === "f32") return dx.view(shape, layout);
    return arranged(name, dx, { shape, layout, dtype }, layout === dx.layout ? sizes : [sizes[1], sizes[0]]);
  });
}
