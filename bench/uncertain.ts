// Says of which times the samples differ too much, although they were taken again (stopwatch.ts).
import { formatNumber } from "../scripts/harness/table.ts";
import { MOST_SPREAD, spread } from "./stopwatch.ts";

/** Marks a spread in a table that makes its time uncertain. */
const MARK = " !";

export function isUncertain(samples: readonly number[]): boolean {
  return spread(samples) > MOST_SPREAD;
}

/** Formats the spread of samples for a table. */
export function formatSpread(samples: readonly number[]): string {
  if (samples.length < 2) return "-";
  return `${formatNumber(spread(samples) * 100)} %${isUncertain(samples) ? MARK : ""}`;
}

/** What was timed: a row of a table or a part of one. */
export interface TimedRow {
  readonly name: string;
  readonly samples?: readonly number[] | undefined;
}

/** Returns a line for each row whose time is uncertain. */
export function uncertainNotes(rows: readonly TimedRow[]): string[] {
  return rows.flatMap(({ name, samples }) =>
    samples && isUncertain(samples)
      ? [`uncertain: ${name}: its samples differ by ${formatNumber(spread(samples) * 100)} %, measured three times`]
      : [],
  );
}
