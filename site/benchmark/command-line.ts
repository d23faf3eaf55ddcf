// Converts files of `npm run bench -- --json` to the form of this page's own. Nothing is checked here: load.ts checks the result like any
// file, so that a broken one is refused in the same words.
import { type Layer, describeLayer } from "../../bench/layer.ts";

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** Whether a file is from the command line. */
export function isCommandLine(file: Fields): boolean {
  return file["format"] === undefined && Array.isArray(file["measurements"]);
}

/** Returns the peers of a row whose results were right. */
function peersOf(value: unknown): Fields[] {
  return Object.entries(fieldsOf(value)).flatMap(([name, given]) => {
    const { milliseconds, ratio } = fieldsOf(given);
    return ratio === undefined ? [] : [{ name, milliseconds }];
  });
}

function whatOf(layer: unknown): string | undefined {
  try {
    return describeLayer(layer as Layer);
  } catch {
    return undefined; // load.ts refuses the row
  }
}

function rowOf(value: unknown, options: Fields): Fields {
  const { layer, pass, result, peers } = fieldsOf(value);
  const { algorithm, callMilliseconds, callSamples, ...rest } = fieldsOf(result);
  const others = peersOf(peers);
  const asked = options["algorithm"] === "auto" ? "auto" : algorithm;
  return {
    suite: options["suite"],
    layer: fieldsOf(layer)["id"],
    what: whatOf(layer),
    pass,
    dtype: options["dtype"],
    layout: options["layout"],
    batch: options["batch"],
    algorithm: asked,
    ...(rest["refused"] === undefined && { chosen: algorithm }),
    ...rest,
    // Peers are timed by whole calls, so the time beside them is too.
    ...(others.length > 0 && { milliseconds: callMilliseconds, samples: callSamples, peers: others }),
  };
}

function nameOf(adapter: unknown): string {
  const { vendor, architecture, device, description } = fieldsOf(adapter);
  const words = [vendor, architecture, device, description].filter((word) => typeof word === "string" && word !== "");
  return words.length > 0 ? words.join(" ") : "an adapter without a name";
}

export function fromCommandLine(file: Fields): Fields {
  const { date, options, browser, adapter, features, limits, roofline, measurements } = file;
  return {
    format: "convoke-benchmark",
    version: 1,
    made: date,
    machine: { adapter: nameOf(adapter), browser, features, limits },
    roofline,
    rows: (measurements as unknown[]).map((one) => rowOf(one, fieldsOf(options))),
  };
}
