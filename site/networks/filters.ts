// Banks of filters for a first layer, from formulas, so that no trained network has to be shipped: the first filters of a trained one look
// like oriented waves, some grey, some in opponent colours (Krizhevsky et al., 2012, figure 3).
import { seededNormals } from "../../examples/photo/normals.ts";
import type { Bank } from "./state.ts";

export interface FilterBank {
  /** Filter by filter, channel by channel, row by row. */
  readonly weights: Float32Array;
  /** The name of each filter. */
  readonly labels: readonly string[];
}

interface Colour {
  readonly name: string;
  readonly weights: readonly number[];
}

const GREY: Colour = { name: "grey", weights: [1 / 3, 1 / 3, 1 / 3] };

/** Directions in colour space without brightness. */
const OPPONENTS: readonly Colour[] = [
  { name: "red-green", weights: [0.5, -0.5, 0] },
  { name: "yellow-blue", weights: [0.25, 0.25, -0.5] },
  { name: "red-cyan", weights: [0.5, -0.25, -0.25] },
];

const ORIENTATIONS = 8;

/** The wavelength in cells: a base, above the two cells that a wave needs, and an increment for each cell of the kernel beyond two. */
const WAVELENGTHS = { base: 2.5, grey: [0.4, 0.15, 0.75], colour: [0.8, 1.4] } as const;

/** Returns a cosine wave along `angle` under a Gaussian, balanced to sum to zero, so that an even surface gives zero. */
export function gabor(size: number, angle: number, wavelength: number, phase: number, balanced: boolean): Float64Array {
  const middle = (size - 1) / 2;
  const deviation = Math.max(0.8, size / 5);
  const envelope = new Float64Array(size * size);
  const wave = envelope.map((_, cell) => {
    const [x, y] = [(cell % size) - middle, Math.floor(cell / size) - middle];
    const under = Math.exp(-(x * x + y * y) / (2 * deviation * deviation));
    envelope[cell] = under;
    return under * Math.cos((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / wavelength + phase);
  });
  if (!balanced) return wave;
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const offset = total(wave) / total(envelope);
  return wave.map((value, cell) => value - offset * envelope[cell]!);
}

interface Wave {
  readonly angle: number;
  readonly wavelength: number;
  readonly phase: number;
  readonly colour: Colour;
  /** The pattern that the filter responds to. */
  readonly purpose: string;
}

/** Returns angles that go round the half circle repeatedly; a few are spread over all of it. */
function turns(count: number): { angle: number; round: number }[] {
  const orientations = Math.min(ORIENTATIONS, count);
  return Array.from({ length: count }, (_, at) => ({
    angle: ((at % orientations) * Math.PI) / orientations,
    round: Math.floor(at / orientations),
  }));
}

function wavelengthIn(lengths: readonly number[], size: number, round: number): number {
  return WAVELENGTHS.base + (size - 2) * lengths[round % lengths.length]!;
}

/** The phases: even waves respond to lines, odd ones to edges. */
function greyWaves(count: number, size: number): Wave[] {
  return turns(count).map(({ angle, round }) => ({
    angle,
    wavelength: wavelengthIn(WAVELENGTHS.grey, size, Math.floor(round / 2)),
    phase: round % 2 === 0 ? 0 : Math.PI / 2,
    colour: GREY,
    purpose: round % 2 === 0 ? "lines" : "edges",
  }));
}

function colourWaves(count: number, size: number): Wave[] {
  return turns(count).map(({ angle, round }, at) => ({
    angle,
    wavelength: wavelengthIn(WAVELENGTHS.colour, size, Math.floor(round / OPPONENTS.length)),
    phase: Math.PI / 4,
    colour: OPPONENTS[at % OPPONENTS.length]!,
    purpose: "colour",
  }));
}

/** Returns grey waves in the first half and waves in opponent colours in the second; all grey for one channel. */
function gaborBank(count: number, channels: number, size: number): FilterBank {
  const greys = channels === 1 ? count : Math.ceil(count / 2);
  const waves = [...greyWaves(greys, size), ...colourWaves(count - greys, size)];
  const weights = waves.flatMap(({ angle, wavelength, phase, colour }) => {
    const plane = gabor(size, angle, wavelength, phase, colour === GREY);
    const mixed = channels === 1 ? [1] : colour.weights;
    return mixed.flatMap((weight) => Array.from(plane, (value) => weight * value));
  });
  const labels = waves.map(({ angle, wavelength, colour, purpose }) => {
    const degrees = Math.round((angle * 180) / Math.PI);
    return `${colour.name} wave of ${wavelength.toFixed(1)} cells at ${degrees}°, for ${purpose}`;
  });
  return { weights: Float32Array.from(weights), labels };
}

/** Returns filters as a network is initialised: normal with the deviation of He et al. (2015). */
function randomBank(count: number, channels: number, size: number, seed: number): FilterBank {
  const terms = channels * size * size;
  const deviation = Math.sqrt(2 / terms);
  return {
    weights: Float32Array.from(seededNormals(count * terms, seed), (value) => value * deviation),
    labels: Array.from({ length: count }, () => `random, seed ${seed}`),
  };
}

export function makeBank(bank: Bank, count: number, channels: number, size: number, seed: number): FilterBank {
  return bank === "gabor" ? gaborBank(count, channels, size) : randomBank(count, channels, size, seed);
}
