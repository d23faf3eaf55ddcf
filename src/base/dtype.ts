// Element types: their sizes, and the conversion between numbers and half-precision bits.

export const DTYPES = ["f32", "f16"] as const;
/** The element type of a tensor. "f16" stores half-precision numbers and computes in float32; it needs an adapter with the feature shader-f16. */
export type Dtype = (typeof DTYPES)[number];
/** The element type of a tensor: floats, or "u32" for indices and classes. */
export type TensorDtype = Dtype | "u32";

/** The array of the stored elements; those of "f16" are bits. */
export const ELEMENTS = { f32: Float32Array, f16: Uint16Array, u32: Uint32Array } as const;

/** Size of the buffer of an empty tensor: the smallest that binds as an array of any type, whose widest element is vec4f. */
export const EMPTY_BYTES = 16;

/** Size in bytes of a buffer of `count` elements, rounded up to whole 32-bit words: WebGPU copies nothing smaller. */
export function bytesFor(count: number, dtype: TensorDtype): number {
  return count === 0 ? EMPTY_BYTES : Math.ceil((count * ELEMENTS[dtype].BYTES_PER_ELEMENT) / 4) * 4;
}

type Float16Constructor =
  | (new (values: ArrayLike<number> | ArrayBuffer) => ArrayLike<number> & ArrayBufferView)
  | undefined;

/** Float16Array, if the environment has it (ES2025). */
const NativeFloat16 = (globalThis as { Float16Array?: Float16Constructor }).Float16Array;

/** Converts numbers to the bits of half-precision floats, rounded to nearest, ties to even. */
export function toFloat16Bits(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  if (NativeFloat16) {
    const half = values instanceof NativeFloat16 ? values : new NativeFloat16(values);
    return new Uint16Array(half.buffer as ArrayBuffer, half.byteOffset, values.length);
  }
  return Uint16Array.from(values, float16Bits);
}

/** Converts the bits of half-precision floats to numbers. */
export function fromFloat16Bits(bits: Uint16Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (NativeFloat16 && bits.byteOffset === 0)
    return Float32Array.from(new NativeFloat16(bits.buffer)).subarray(0, bits.length);
  return Float32Array.from(bits, float16Value);
}

/** Converts one number to half-precision bits. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  // 65520 lies halfway between the largest half, 65504, and the next step.
  if (size >= 65_520) return sign | 0x7c00;
  // Neighbouring halves differ by 2^(exponent - 10); the subnormal ones, below 2^-14, by 2^-24.
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const steps = roundToEven(size / 2 ** (exponent - 10));
  // 1024 steps are the implicit leading bit; rounding up to the next power of two carries into the exponent.
  return sign | (steps + ((exponent + 14) << 10));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Converts half-precision bits to a number. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
