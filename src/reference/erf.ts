// The error function in float64, which the exact GELU needs and JavaScript lacks. Two expansions, each used only where all of its terms are
// positive and it converges fast, so that both erf and erfc keep a small relative error over their whole range.

/** The argument at which the continued fraction takes over from the series; erf(1) = 0.84, so below it 1 - erf loses at most three bits. */
const CROSSOVER = 1;
/** The argument beyond which erfc is below the smallest float64, 2^-1074. */
const ERFC_VANISHES = 27.3;

/** exp(-x * x) for x >= 0. x * x would round, and exp would magnify that: a head of 24 bits squares exactly. */
function gaussian(x: number): number {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}

/** erf by its series: 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (1 3 5 ... (2n+1)). Abramowitz and Stegun 7.1.6. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 2 ** -60; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * gaussian(x) * sum;
}

/**
 * erfc by its continued fraction: exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))). Abramowitz and Stegun
 * 7.1.14, from the tail forward. With n levels the relative error falls as exp(-2 x sqrt(2 n)), hence the number of levels.
 */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = Math.ceil(200 / (x * x)) + 8; n >= 1; n--) tail = x + n / 2 / tail;
  return gaussian(x) / Math.sqrt(Math.PI) / tail;
}

/** The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x; relative error below 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x < 0) return -erf(-x);
  return x < CROSSOVER ? erfSeries(x) : 1 - erfc(x);
}

/** The complement 1 - erf(x), without the cancellation; relative error below 4e-15 while it is a normal number. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return 1 + erf(-x);
  if (x < CROSSOVER) return 1 - erf(x);
  return x < ERFC_VANISHES ? erfcFraction(x) : 0;
}
