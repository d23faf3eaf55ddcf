// First layers in the shapes of those of AlexNet and VGG, with generated weights, so that no trained network need be shipped. A trained AlexNet's
// first filters look like oriented Gabor functions, half of them grey and half in opponent colours (Krizhevsky, Sutskever, Hinton, 2012,
// figure 3); those of VGG get seeded random weights.
import { seededNormals } from "./normals.ts";

interface LayerWeights {
  readonly kernel: Float32Array;
  readonly kernelShape: readonly [number, number, number, number];
}

const GREY = [1 / 3, 1 / 3, 1 / 3] as const;

/** Directions in colour space that early vision and trained networks both have, without brightness. */
const OPPONENT_COLOURS = [
  [0.5, -0.5, 0],
  [0.25, 0.25, -0.5],
  [0.5, -0.25, -0.25],
] as const;

const ORIENTATIONS = 8;

/**
 * A Gabor function on `size` x `size` cells: a cosine wave of `wavelength` cells along `angle`, under a Gaussian. If balanced, its cells sum to
 * zero, so that an even surface gives zero.
 */
export function gabor(size: number, angle: number, wavelength: number, phase: number, balanced: boolean): Float64Array {
  const middle = (size - 1) / 2;
  const deviation = size / 5;
  const wave = new Float64Array(size * size);
  const envelope = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [column - middle, row - middle];
      const along = x * Math.cos(angle) + y * Math.sin(angle);
      const cell = row * size + column;
      const under = Math.exp(-(x * x + y * y) / (2 * deviation * deviation));
      envelope[cell] = under;
      wave[cell] = under * Math.cos((2 * Math.PI * along) / wavelength + phase);
    }
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const offset = balanced ? sum(wave) / sum(envelope) : 0;
  return wave.map((value, cell) => value - offset * envelope[cell]!);
}

/** A plane for each of the three colours, weighted. */
function coloured(plane: Float64Array, colour: readonly number[]): number[] {
  return colour.flatMap((weight) => Array.from(plane, (value) => weight * value));
}

function alexnetKernel(size: number): Float32Array {
  const angles = Array.from({ length: ORIENTATIONS }, (_, step) => (step * Math.PI) / ORIENTATIONS);
  const grey = [3.5, 5.5, 9].flatMap((wavelength) =>
    [0, Math.PI / 2].flatMap((phase) =>
      angles.flatMap((angle) => coloured(gabor(size, angle, wavelength, phase, true), GREY)),
    ),
  );
  const colour = OPPONENT_COLOURS.flatMap((opponent) =>
    [7, 14].flatMap((wavelength) =>
      angles.flatMap((angle) => coloured(gabor(size, angle, wavelength, Math.PI / 4, false), opponent)),
    ),
  );
  return Float32Array.from([...grey, ...colour]);
}

/** 96 filters of 11x11 over three channels; AlexNet's stride is 4. */
export const ALEXNET_LAYER: LayerWeights = { kernel: alexnetKernel(11), kernelShape: [96, 3, 11, 11] };

/** 64 filters of 3x3 over three channels, with the deviation sqrt(2 / 27) of He et al. (2015). */
export const VGG_LAYER: LayerWeights = {
  kernel: Float32Array.from(seededNormals(64 * 27, 1), (value) => value * Math.sqrt(2 / 27)),
  kernelShape: [64, 3, 3, 3],
};
