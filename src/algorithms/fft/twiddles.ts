// Roots of unity for the kernels, each computed in float64 and rounded once: WGSL guarantees its own sin and cos to 2^-11 only.

/** cos and -sin of 2 pi j / size for each j: powers of exp(-2 pi i / size). */
export function roots(size: number): number[] {
  return Array.from({ length: size }, (_, j) => root(j, size)).flat();
}

/** exp(-2 pi i j / size), exact at multiples of a quarter of a turn. */
function root(j: number, size: number): number[] {
  const angle = (2 * Math.PI * j) / size;
  // What is not 0 is no smaller than 2 pi / MAX_LENGTH; sines and cosines of multiples of pi / 2 in float64 are off by 1e-16.
  return [Math.cos(angle), -Math.sin(angle)].map((part) => (Math.abs(part) < 1e-14 ? 0 : Math.fround(part)));
}

/** The step between tabulated powers: the table lists every power below it, and beyond it only its multiples. */
export function twiddleStep(radix: number): number {
  return Math.ceil(Math.sqrt(radix));
}

/** The powers in a row of the table, in the order of shaders/algorithms/fft/twiddles.wgsl. */
function tabulated(radix: number): number[] {
  const step = twiddleStep(radix);
  const powers = Array.from({ length: step - 1 }, (_, at) => at + 1);
  for (let power = step; power < radix; power += step) powers.push(power);
  return powers;
}

/** Number of vectors, of two powers each, in a row of the table. */
export function rowVectors(radix: number): number {
  return Math.max(1, Math.ceil(tabulated(radix).length / 2));
}

/** Rows of a table, of which a kernel uses `span`: lengths whose passes differ only in their spans share kernels. */
export function twiddleRows(span: number): number {
  if (span === 1) return 1;
  return [16, 32].find((rows) => span <= rows) ?? span;
}

/** The twiddle table between a pass of `radix` and the passes over `span` positions after it, a row for each, and rows and columns to spare. */
export function twiddles(radix: number, span: number): number[] {
  const powers = tabulated(radix);
  return Array.from({ length: twiddleRows(span) * rowVectors(radix) * 2 }, (_, at) => {
    const [l, column] = [Math.floor(at / rowVectors(radix) / 2), at % (2 * rowVectors(radix))];
    return root((powers[column] ?? 0) * l, radix * span);
  }).flat();
}
