// Formats what TensorFlow.js measured with the adapter and without it.
import { type Column, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { SUMMARISED } from "./list.ts";
import type { AdapterMeasurement, AdapterResult, MeasuredAdapter } from "./rows.ts";

const COLUMNS: readonly Column[] = [
  { title: "row", align: "left" },
  { title: "first ms", align: "right" },
  { title: "with", align: "right" },
  { title: "later ms", align: "right" },
  { title: "with", align: "right" },
  { title: "times as fast", align: "right" },
  { title: "served", align: "right" },
  { title: "error", align: "right" },
];

/** The largest difference between what a program computes with the adapter and without it, over the largest value, that counts as right. */
export const PROGRAM_TOLERANCE = 1e-4;

type Measurements = readonly AdapterMeasurement[];

const time = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? "-" : formatNumber(milliseconds);

/** The time without the adapter over the time with it. */
function gain({ without, with: adapted }: AdapterMeasurement): number | undefined {
  if (without.milliseconds === undefined || adapted.milliseconds === undefined) return undefined;
  return without.milliseconds / adapted.milliseconds;
}

/** The error of a program, or of a layer relative to the bound of its check. */
function errorOf({ error, with: adapted }: AdapterMeasurement): string {
  if (error !== undefined) return error.toExponential(1);
  return adapted.check ? `${formatNumber((100 * adapted.check.error) / adapted.check.bound)} %` : "-";
}

function served({ calls }: AdapterResult): string {
  return calls ? `${calls.served}/${calls.served + calls.passedOn}` : "-";
}

export function adapterTable(measurements: Measurements): string {
  const rows = measurements
    .filter(({ with: adapted }) => adapted.unsupported === undefined)
    .map((one) => [
      one.row,
      time(one.without.firstMilliseconds),
      time(one.with.firstMilliseconds),
      time(one.without.milliseconds),
      time(one.with.milliseconds),
      time(gain(one)),
      served(one.with),
      errorOf(one),
    ]);
  return formatTable(COLUMNS, rows);
}

/** Lists what is wrong with each row: failures, wrong results, and rows that the adapter computed nothing of. */
export function adapterFailures(measurements: Measurements): string[] {
  return measurements.flatMap(({ row, with: adapted, without, error }) => {
    const { unsupported, failed, check, calls } = adapted;
    if (unsupported !== undefined) return [];
    if (failed !== undefined) return [`${row}, with the adapter: ${failed}`];
    if (without.failed !== undefined) return [`${row}, without the adapter: ${without.failed}`];
    if (check && !(check.error <= check.bound))
      return [`${row}: off by ${check.error}, more than ${check.bound} (${check.against})`];
    if (error !== undefined && !(error <= PROGRAM_TOLERANCE))
      return [`${row}: off by ${error} of the largest value, more than ${PROGRAM_TOLERANCE}`];
    return calls?.served === 0 ? [`${row}: the adapter computed nothing of it`] : [];
  });
}

/** Lists the layers that TensorFlow.js lacks. */
export function adapterNotes(measurements: Measurements): string[] {
  return measurements.flatMap(({ row, with: { unsupported } }) =>
    unsupported === undefined ? [] : [`TensorFlow.js on ${row}: ${unsupported}`],
  );
}

export function adapterSummary({ adapter, hostMicroseconds }: MeasuredAdapter): string[] {
  const gains = adapter
    .filter(({ layer }) => layer !== undefined && SUMMARISED.test(layer))
    .flatMap((one) => gain(one) ?? []);
  const lines: string[] = [];
  if (gains.length > 0) {
    const mean = Math.exp(gains.reduce((sum, one) => sum + Math.log(one), 0) / gains.length);
    lines.push(
      `layers L1 to L15, times as fast: geometric mean ${formatNumber(mean)}, least ${formatNumber(Math.min(...gains))} (${gains.length} layers)`,
    );
  }
  if (hostMicroseconds)
    lines.push(
      `a call of Conv2D on the CPU: ${formatNumber(hostMicroseconds.without)} us, ${formatNumber(hostMicroseconds.with)} with the adapter`,
    );
  return lines;
}
