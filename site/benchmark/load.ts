// Reads a file of results. Anyone may have written it, so everything is checked before anything is used, and an error names the invalid
// field. Unknown fields are dropped.
import { BENCH_PASSES } from "../../bench/layer.ts";
import { MOST_TEXT, Refusal, array, compact, maybe, number, object, oneOf, refuse, text } from "./checks.ts";
import { fromCommandLine, isCommandLine } from "./command-line.ts";
import type { Machine, Peer, Report, Roof, Row, RowCheck } from "./rows.ts";
import { DTYPES, LAYOUTS } from "./selection.ts";

/** The largest accepted file, in bytes. */
export const MOST_BYTES = 8 * 2 ** 20;
const MOST_ROWS = 20_000;

function checkOf(where: string, value: unknown): RowCheck {
  const { error, bound, against } = object(where, value);
  return {
    // JSON has null for an infinite error.
    error: error === null ? Infinity : number(`${where}.error`, error, 0),
    bound: number(`${where}.bound`, bound, 0),
    against: oneOf(`${where}.against`, against, ["reference", "direct"]),
  };
}

function peerOf(where: string, value: unknown): Peer {
  const { name, milliseconds, reason } = object(where, value);
  if (reason === undefined && milliseconds === undefined)
    refuse(`${where}.milliseconds`, milliseconds, "a time, or the reason why there is none");
  return compact<Peer>({
    name: text(`${where}.name`, name),
    milliseconds: maybe(milliseconds, (given) => number(`${where}.milliseconds`, given)),
    reason: maybe(reason, (given) => text(`${where}.reason`, String(given).slice(0, MOST_TEXT))),
  });
}

function rowOf(where: string, value: unknown): Row {
  const row = object(where, value);
  const at = (name: string): string => `${where}.${name}`;
  const words = (name: string): string => text(at(name), row[name]);
  const counted = (name: string): number | undefined => maybe(row[name], (given) => number(at(name), given, 0));
  const samples = maybe(row["samples"], (given) =>
    array(at("samples"), given, 1000).map((one, index) => number(`${at("samples")}[${index}]`, one)),
  );
  const milliseconds = maybe(row["milliseconds"], (given) => number(at("milliseconds"), given));
  if (milliseconds !== undefined && !samples?.length) refuse(at("samples"), row["samples"], "the samples of the time");
  const reason = maybe(row["failed"], (given) => text(at("failed"), String(given).slice(0, MOST_TEXT)));
  const refused = maybe(row["refused"], (given) => text(at("refused"), String(given).slice(0, MOST_TEXT)));
  return compact<Row>({
    suite: words("suite"),
    layer: words("layer"),
    what: words("what"),
    pass: oneOf(at("pass"), row["pass"], BENCH_PASSES),
    dtype: oneOf(at("dtype"), row["dtype"], DTYPES),
    layout: oneOf(at("layout"), row["layout"], LAYOUTS),
    batch: number(at("batch"), row["batch"]),
    algorithm: words("algorithm"),
    chosen: maybe(row["chosen"], () => words("chosen")),
    variant: maybe(row["variant"], () => words("variant")),
    flops: number(at("flops"), row["flops"]),
    bytes: number(at("bytes"), row["bytes"]),
    milliseconds,
    samples,
    callMilliseconds: maybe(row["callMilliseconds"], (given) => number(at("callMilliseconds"), given)),
    firstMilliseconds: counted("firstMilliseconds"),
    workspaceBytes: counted("workspaceBytes"),
    preparedBytes: counted("preparedBytes"),
    check: maybe(row["check"], (given) => checkOf(at("check"), given)),
    refused,
    failed: reason,
    peers: maybe(row["peers"], (given) =>
      array(at("peers"), given, 20).map((one, index) => peerOf(`${at("peers")}[${index}]`, one)),
    ),
  });
}

function machineOf(value: unknown): Machine {
  const { adapter, browser, features, limits } = object("machine", value);
  return {
    adapter: text("machine.adapter", adapter),
    browser: text("machine.browser", browser),
    features: array("machine.features", features, 200).map((one, at) => text(`machine.features[${at}]`, one)),
    limits: Object.fromEntries(
      Object.entries(object("machine.limits", limits))
        .slice(0, 200)
        .map(([name, limit]) => [
          text("machine.limits", name),
          number(`machine.limits.${name.slice(0, 60)}`, limit, 0),
        ]),
    ),
  };
}

function roofOf(value: unknown): Roof {
  const { flopsPerSecond, bytesPerSecond } = object("roofline", value);
  return {
    flopsPerSecond: number("roofline.flopsPerSecond", flopsPerSecond),
    bytesPerSecond: number("roofline.bytesPerSecond", bytesPerSecond),
  };
}

/**
 * Parses the report in the text of a file.
 * @throws Refusal naming the invalid field
 */
export function parseReport(content: string): Report {
  if (content.length > MOST_BYTES) throw new Refusal(`the file is larger than ${MOST_BYTES / 2 ** 20} MiB`);
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new Refusal(`this is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const file = object("the file", value);
  const { format, version, made, machine, roofline, rows } = isCommandLine(file) ? fromCommandLine(file) : file;
  if (format !== "convoke-benchmark")
    refuse("format", format, '"convoke-benchmark", as this page saves it, or a file of npm run bench');
  if (version !== 1) refuse("version", version, "1");
  return compact<Report>({
    format: "convoke-benchmark",
    version: 1,
    made: text("made", made),
    machine: machineOf(machine),
    roofline: maybe(roofline, roofOf),
    rows: array("rows", rows, MOST_ROWS).map((row, at) => rowOf(`rows[${at}]`, row)),
  });
}
