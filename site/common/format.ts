// Formats numbers for people.

/** Formats a number with three significant digits, without an exponent if that is short enough. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

const LARGE = ["", " k", " M", " G", " T"] as const;

/** Formats a count with a metric prefix: 1.16 G. */
export function metric(value: number): string {
  let rank = 0;
  let rest = value;
  while (rest >= 1000 && rank < LARGE.length - 1) {
    rest /= 1000;
    rank++;
  }
  return `${Number(rest.toPrecision(3))}${LARGE[rank]}`;
}

/** Formats bytes in binary units. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let rank = 0;
  let rest = value;
  while (rest >= 1024 && rank < units.length - 1) {
    rest /= 1024;
    rank++;
  }
  return `${Number(rest.toPrecision(3))} ${units[rank]}`;
}

/** Formats milliseconds, or microseconds below one. */
export function duration(milliseconds: number): string {
  return milliseconds < 0.1 ? `${number(milliseconds * 1000)} µs` : `${number(milliseconds)} ms`;
}
