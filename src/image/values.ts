// The values that stand for colours: how bytes become numbers, and numbers bytes.
import { refuse, words } from "../base/error.ts";
import { checkFinite } from "../base/validate.ts";

/** How bytes of colour, and of alpha, become numbers: (byte / 255 * scale - mean) / std. */
export interface ColourValues {
  /** What the brightest byte becomes: 1 unless given; 255 keeps the bytes. */
  scale?: number;
  /** What is subtracted after that: 0 unless given; a number for all channels, or one for each. */
  mean?: number | readonly number[];
  /** What the difference is divided by: 1 unless given; a number for all channels, or one for each. */
  std?: number | readonly number[];
}

export const COLOUR_KEYS = ["scale", "mean", "std"];

/** A number is `factor * byte + offset`, for each of up to four channels. */
export interface Mapping {
  readonly factor: readonly number[];
  readonly offset: readonly number[];
}

/** @throws ConvError naming the invalid option */
export function mappingOf(options: ColourValues, channels: number): Mapping {
  const scale = checkFinite("scale", options.scale ?? 1);
  if (scale === 0) refuse("invalid-argument", "scale", scale, "a number other than 0");
  const mean = eachChannel("mean", options.mean ?? 0, channels);
  const std = eachChannel("std", options.std ?? 1, channels);
  const zero = std.indexOf(0);
  if (zero >= 0) refuse("invalid-argument", "std", options.std, "numbers other than 0");
  return {
    factor: std.map((deviation) => scale / 255 / deviation),
    offset: std.map((deviation, channel) => -mean[channel]! / deviation),
  };
}

/** The mapping from numbers to bytes. */
export function inverseOf({ factor, offset }: Mapping): Mapping {
  return {
    factor: factor.map((number) => 1 / number),
    offset: offset.map((number, channel) => -number / factor[channel]!),
  };
}

/** Four numbers, for a vector of a shader. */
export function fourOf(numbers: readonly number[]): number[] {
  return [...numbers, 0, 0, 0].slice(0, 4);
}

function eachChannel(name: string, given: unknown, channels: number): number[] {
  if (!Array.isArray(given)) return Array.from({ length: channels }, () => checkFinite(name, given));
  if (given.length !== channels)
    refuse(
      "shape-mismatch",
      name,
      words(`${given.length} numbers`),
      `one number, or ${channels}, one for each channel`,
    );
  return given.map((number, channel) => checkFinite(`${name}[${channel}]`, number));
}
