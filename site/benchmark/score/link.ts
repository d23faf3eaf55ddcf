// A link that carries the results of the test in itself. Anyone may write a link: everything is checked before anything is used, and what can be
// computed from the list of contests is not taken from it.
import { Refusal, array, compact, maybe, number, object, refuse, text } from "../checks.ts";
import { rowOf } from "../measure.ts";
import type { Report, Roof, Row } from "../rows.ts";
import { CONTESTS, SCALES, contestJob } from "./contests.ts";
import type { Measured } from "./measure-contest.ts";

/** The field of the address's fragment. */
const FIELD = "result";
const VERSION = 1;

/** Longest fragment: a whole result takes 2 kB. */
const MOST = 10_000;

/** Most milliseconds of a time. */
const LONGEST = 1e7;

/** Results of the test. */
export interface TestResult {
  readonly made: string;
  readonly adapter: string;
  readonly browser: string;
  readonly roofline?: Roof;
  readonly measured: readonly Measured[];
}

const digits = (value: number): number => Number(value.toPrecision(4));

/** Returns the fragment, "#" included. */
export function encodeResult({ made, adapter, browser, roofline, measured }: TestResult): string {
  const rows = measured.map(({ contest: { id }, scale, row }) => {
    const { milliseconds, samples = [], firstMilliseconds = 0, chosen = "", variant = "", refused, failed } = row;
    if (milliseconds === undefined) return [id, scale, (refused ?? failed ?? "wrong").slice(0, 80)];
    const [least, most] = [Math.min(...samples), Math.max(...samples)];
    return [id, scale, ...[milliseconds, least, most, firstMilliseconds].map(digits), chosen, variant];
  });
  const peak = roofline && [roofline.flopsPerSecond, roofline.bytesPerSecond].map(digits);
  const content = JSON.stringify({ v: VERSION, d: made.slice(0, 19), a: adapter, b: browser, p: peak, r: rows });
  const bytes = new TextEncoder().encode(content);
  const coded = btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
  return `#${FIELD}=${coded.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** Whether a fragment says that it carries a result. */
export function carriesResult(hash: string): boolean {
  return hash.startsWith(`#${FIELD}=`);
}

/**
 * Reads a result out of a fragment.
 * @throws Refusal naming what is wrong
 */
export function decodeResult(hash: string): TestResult {
  if (hash.length > MOST) throw new Refusal(`the link is longer than ${MOST} characters`);
  let value: unknown;
  try {
    const coded = hash
      .slice(FIELD.length + 2)
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(coded), (letter) => letter.codePointAt(0)!);
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Refusal("the link is incomplete, or was changed on its way", { cause });
  }
  const { v, d, a, b, p, r } = object("the link", value);
  if (v !== VERSION) refuse("its version", v, String(VERSION));
  const measured = array("its rows", r, CONTESTS.length).map((row, at) => measuredOf(`its row ${at + 1}`, row));
  if (new Set(measured.map(({ contest }) => contest)).size !== measured.length)
    throw new Refusal("a row occurs twice in the link");
  return compact<TestResult>({
    made: text("its date", d),
    adapter: text("its adapter", a),
    browser: text("its browser", b),
    roofline: maybe(p, (given) => {
      const [flopsPerSecond, bytesPerSecond] = array("its roofline", given, 2).map((one) =>
        number("its roofline", one),
      );
      if (!flopsPerSecond || !bytesPerSecond) return refuse("its roofline", given, "two numbers");
      return { flopsPerSecond, bytesPerSecond };
    }),
    measured,
  });
}

function measuredOf(where: string, value: unknown): Measured {
  const [id, given, ...rest] = array(where, value, 8);
  const contest = CONTESTS.find((one) => one.id === id) ?? refuse(where, id, "a contest of this test");
  const scale = SCALES.find((one) => one === given) ?? refuse(where, given, `a size out of ${SCALES.join(", ")}`);
  const row = rowOf(contestJob(contest, scale));
  if (rest.length === 1) return { contest, scale, row: { ...row, refused: text(where, rest[0]) } };
  const [milliseconds, least, most, first] = rest.slice(0, 4).map((one) => timeOf(where, one));
  if (!(least! <= milliseconds! && milliseconds! <= most!)) refuse(where, [milliseconds, least, most], "ordered times");
  const [chosen, variant] = [text(where, rest[4]), text(where, rest[5])];
  const timed: Row = {
    ...row,
    ...{ chosen, variant, milliseconds: milliseconds!, samples: [least!, milliseconds!, most!] },
    ...{ firstMilliseconds: first! },
  };
  return { contest, scale, row: timed };
}

function timeOf(where: string, value: unknown): number {
  const time = number(where, value, 0);
  if (time > LONGEST || time === 0) refuse(where, value, `a time of at most ${LONGEST} ms`);
  return time;
}

/** Returns results as a report, which files hold. */
export function reportOf({ made, adapter, browser, roofline, measured }: TestResult): Report {
  return {
    ...{ format: "convoke-benchmark", version: 1, made },
    machine: { adapter, browser, features: [], limits: {} },
    ...(roofline && { roofline }),
    rows: measured.map(({ row }) => row),
  };
}
