// What CoordConv computes beside its convolutions. Coordinates are float32, and so is what is computed from them.
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import coordinatesShader from "../../../shaders/ops/coord-conv/coordinates.wgsl";
import responseShader from "../../../shaders/ops/coord-conv/response.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { describeMap, mapConstants, mapUniforms } from "../shared/feature-map.ts";
import type { Coordinates } from "./geometry.ts";

/** The coordinates of the cells of an input, [1, coordinates, ...spatial]. @param like a tensor of the same engine */
export function coordinateMap(name: string, like: Tensor, { problem, channels, radius }: Coordinates): Tensor {
  const { rank, layout, input } = problem;
  const map = { N: 1, channels, size: input, rank, layout };
  const coordinates = describeMap(map, "f32");
  return run({
    name,
    inputs: { like },
    results: { coordinates },
    parameters: [map, radius],
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [featureMapShader, coordinatesShader],
          constants: { ...mapConstants(map), RADIUS: radius },
          ranges: [whole("coordinates", coordinates)],
          uniforms: { map: mapUniforms(map) },
          threads: elementCount(coordinates.shape),
        }),
      ],
    }),
  }).coordinates;
}

/** Repeats the response to the coordinates for every image of y, and adds the residual. */
export function repeatedResponse(response: Tensor, y: TensorDescription, residual?: Tensor): Tensor {
  return run({
    name: "coordConv",
    inputs: { response, ...(residual && { residual }) },
    results: { y },
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [responseShader],
          constants: { HAS_RESIDUAL: residual !== undefined },
          aliases: { E: elementTypes(y.dtype).one, R: elementTypes((residual ?? response).dtype).one },
          ranges: [
            whole("response", response),
            residual ? whole("residual", residual) : whole("response", response),
            whole("y", y),
          ],
          uniforms: { image: response.size },
          threads: elementCount(y.shape),
        }),
      ],
    }),
  }).y;
}
