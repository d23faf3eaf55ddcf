// The convolution by spectra: a plain discrete Fourier transform in float32, a product for each frequency, and the inverse transform.
import { outputsAlong } from "./direct.ts";
import { type Matrix, block, tabulate, transpose } from "./matrix.ts";

/** Complex numbers in two matrices. */
export interface Spectrum {
  readonly re: number[][];
  readonly im: number[][];
}

/** Transforms each row; `sign` is −1 forward and 1 for the inverse (without the division by the count). */
function alongRows({ re, im }: Spectrum, sign: 1 | -1): Spectrum {
  const n = re[0]!.length;
  const angle = (i: number): number => (2 * Math.PI * (i % n)) / n;
  const cos = Array.from({ length: n }, (_, i) => Math.fround(Math.cos(angle(i))));
  const sin = Array.from({ length: n }, (_, i) => Math.fround(sign * Math.sin(angle(i))));
  const outRe = tabulate(re.length, n, () => 0);
  const outIm = tabulate(re.length, n, () => 0);
  for (let row = 0; row < re.length; row++) {
    for (let k = 0; k < n; k++) {
      let [a, b] = [0, 0];
      for (let i = 0; i < n; i++) {
        const [c, s] = [cos[(i * k) % n]!, sin[(i * k) % n]!];
        const [p, q] = [re[row]![i]!, im[row]![i]!];
        a = Math.fround(a + Math.fround(Math.fround(p * c) - Math.fround(q * s)));
        b = Math.fround(b + Math.fround(Math.fround(p * s) + Math.fround(q * c)));
      }
      outRe[row]![k] = a;
      outIm[row]![k] = b;
    }
  }
  return { re: outRe, im: outIm };
}

function transform(spectrum: Spectrum, sign: 1 | -1): Spectrum {
  const rows = alongRows(spectrum, sign);
  const columns = alongRows({ re: transpose(rows.re), im: transpose(rows.im) }, sign);
  return { re: transpose(columns.re), im: transpose(columns.im) };
}

export function dft(values: Matrix): Spectrum {
  return transform({ re: values.map((row) => [...row]), im: values.map((row) => row.map(() => 0)) }, -1);
}

/** Returns a · conj(b) for each frequency: the conjugate makes it a cross-correlation, which networks compute. */
export function timesConjugate(a: Spectrum, b: Spectrum): Spectrum {
  const at = (value: (p: number, q: number, r: number, s: number) => number): number[][] =>
    a.re.map((row, i) => row.map((p, j) => value(p, a.im[i]![j]!, b.re[i]![j]!, b.im[i]![j]!)));
  return {
    re: at((p, q, r, s) => Math.fround(Math.fround(p * r) + Math.fround(q * s))),
    im: at((p, q, r, s) => Math.fround(Math.fround(q * r) - Math.fround(p * s))),
  };
}

/** Returns the real part of the inverse transform. */
export function inverse(spectrum: Spectrum): number[][] {
  const count = spectrum.re.length * spectrum.re[0]!.length;
  return transform(spectrum, 1).re.map((row) => row.map((value) => Math.fround(value / count)));
}

export function magnitudes({ re, im }: Spectrum): number[][] {
  return re.map((row, i) => row.map((value, j) => Math.hypot(value, im[i]![j]!)));
}

export interface Fourier {
  readonly input: Spectrum;
  readonly kernel: Spectrum;
  readonly product: Spectrum;
  /** All cells of the inverse transform; cells past the outputs have wrapped around the border. */
  readonly circular: number[][];
  readonly output: number[][];
}

export function fourier(x: Matrix, w: Matrix, dilation: number): Fourier {
  const side = x.length;
  // The dilated kernel, in the corner of a map as large as the input.
  const spread = tabulate(side, side, (row, column) => {
    const [r, s] = [row / dilation, column / dilation];
    return w[r]?.[s] ?? 0;
  });
  const input = dft(x);
  const kernel = dft(spread);
  const product = timesConjugate(input, kernel);
  const circular = inverse(product);
  const outputs = outputsAlong(side, w.length, dilation);
  return { input, kernel, product, circular, output: block(circular, 0, 0, outputs, outputs) };
}
