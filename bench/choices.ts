// How far the planner's choices are from the fastest that a search found.
import { formatNumber } from "../scripts/harness/table.ts";
import type { Measurement } from "./measurement.ts";
import { counts } from "./table.ts";
import { isUncertain } from "./uncertain.ts";

/** A choice this many times slower than the fastest counts as right. */
const NEAR = 1.1;

type Timed = Measurement & { readonly result: { readonly milliseconds: number; readonly samples: readonly number[] } };

/** The planner's choice for a layer, beside the fastest. */
export interface Choice {
  readonly chosen: Timed;
  readonly fastest: Timed;
  /** The time of the choice over that of the fastest. */
  readonly quotient: number;
}

function isTimed(measurement: Measurement): measurement is Timed {
  return counts(measurement.result);
}

/** Returns the choices by their quotients, the worst first; without those of which either time is uncertain. */
export function choicesOf(measurements: readonly Measurement[]): { choices: Choice[]; leftOut: number } {
  const rows = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const key = `${one.layer.id} ${one.pass}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const choices: Choice[] = [];
  let leftOut = 0;
  for (const row of rows.values()) {
    const timed = row.filter(isTimed).toSorted((a, b) => a.result.milliseconds - b.result.milliseconds);
    const chosen = timed.find(({ result }) => result.chosen);
    const [fastest] = timed;
    if (!chosen || !fastest || [chosen, fastest].some(({ result }) => isUncertain(result.samples))) leftOut++;
    else choices.push({ chosen, fastest, quotient: chosen.result.milliseconds / fastest.result.milliseconds });
  }
  return { choices: choices.toSorted((a, b) => b.quotient - a.quotient), leftOut };
}

function nameOf({ result: { algorithm, variant } }: Measurement): string {
  return variant === "" ? algorithm : `${algorithm}/${variant}`;
}

/** Returns a line on all choices, and one for each that is not near the fastest. */
export function choiceSummary(measurements: readonly Measurement[]): string[] {
  const { choices, leftOut } = choicesOf(measurements);
  const [worst] = choices;
  if (!worst) return [];
  const far = choices.filter(({ quotient }) => quotient > NEAR);
  const near = ((choices.length - far.length) / choices.length) * 100;
  const percent = Math.round((NEAR - 1) * 100);
  return [
    `the planner's choices: within ${percent} % of the fastest on ${formatNumber(near)} % of ${choices.length} layers, ` +
      `at most ${formatNumber(worst.quotient)} times${leftOut > 0 ? `; ${leftOut} left out, whose times are uncertain` : ""}`,
    ...far.map(
      ({ chosen, fastest, quotient }) =>
        `  ${formatNumber(quotient)} times: ${chosen.layer.id} ${chosen.pass} by ${nameOf(chosen)}, fastest ${nameOf(fastest)}`,
    ),
  ];
}
