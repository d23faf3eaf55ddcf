// Prints a case as code to paste into a page that has `engine`, the functions it calls and, where a tensor is foreign, `other`.
import { argumentsOf, describedBy, optionsOf, placesOf } from "../ops/call.ts";
import { ARGUMENTS, type Call, PLANNED, type Spoiled } from "./call.ts";
import type { Case, EncodeCase, FindCase, TensorCase } from "./case.ts";
import { optionPath } from "./junk.ts";
import type { OperationCase } from "./operation.ts";

/** Source text that is printed as it is. */
class Source {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function print(value: unknown): string {
  if (value instanceof Source) return value.text;
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(print).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${print(field)}`);
    return fields.length > 0 ? `{ ${fields.join(", ")} }` : "{}";
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Copies a value with source text in one place. */
function placed(value: unknown, [key, ...rest]: readonly string[], source: Source): unknown {
  if (key === undefined) return source;
  if (Array.isArray(value)) {
    const at = value.length > 0 ? Number(key) % value.length : 0;
    const copy: unknown[] = [...(value as unknown[])];
    copy[at] = placed(copy[at], rest, source);
    return copy;
  }
  if (typeof value !== "object" || value === null) return source;
  return { ...value, [key]: placed((value as Record<string, unknown>)[key], rest, source) };
}

function callCode(call: Call): string {
  const { operation, way, shapes, layout, dtype, tensors, spoiled, seed } = call;
  const kind = print({ ...(layout === "channels-last" && { layout }), ...(dtype === "f16" && { dtype }) });
  const made = (name: string, shape: readonly number[], at: number): string =>
    `const ${name} = engine.tensor(uniform(${shape.join(" * ")}, ${seed + at}), ${print(shape)}${kind === "{}" ? "" : `, ${kind}`});`;
  const named = Object.fromEntries(Object.keys(tensors).map((name) => [name, new Source(name)]));
  let options: unknown = { ...call.options, ...named };
  const path = spoiled && optionPath(spoiled);
  if (path) options = placed(options, path, new Source(spoiled.by));
  const args = ARGUMENTS[operation].map((name) => (spoiled?.at === name ? spoiled.by : name));
  const lines = [
    "// import { uniform } from test/suite/random.ts, or take any numbers",
    ...ARGUMENTS[operation].map((name, at) => made(name, shapes[at]!, at)),
    ...Object.entries(tensors).map(([name, shape], at) => made(name, shape, args.length + at)),
    `await ${operation}(${[...args, print(options)].join(", ")}).read();`,
  ];
  if (way !== "eager" && operation in PLANNED) {
    const pass = PLANNED[operation as keyof typeof PLANNED];
    lines.push(`// failed as a plan of the pass "${pass}", ${way === "run" ? "run" : "encoded on poisoned memory"}`);
  }
  return lines.join("\n");
}

/** Returns options with their junk. */
function spoiledOptions(options: unknown, spoiled: Spoiled | undefined): unknown {
  const [first, ...path] = spoiled?.at.split(".") ?? [];
  return spoiled && first === "options" ? placed(options, path, new Source(spoiled.by)) : options;
}

function tensorCode({ operation, shape, options, list, beyond, usage, spoiled, seed }: TensorCase): string {
  const [name, ...path] = spoiled?.at.split(".") ?? [];
  const shown = (argument: string, value: unknown): string =>
    print(spoiled && name === argument ? placed(value, path, new Source(spoiled.by)) : value);
  const first = {
    tensor: `${list} of ${shape.join(" * ")} + ${beyond} numbers of seed ${seed}`,
    empty: "",
    wrap: `a buffer of ${beyond} words more than that, usage ${usage.join(" | ")}`,
  }[operation];
  const args = [...(operation === "empty" ? [] : [shown("first", new Source("given"))]), shown("shape", shape)];
  return [
    ...(first ? [`// given: ${first}`] : []),
    `await engine.${operation}(${[...args, print(spoiledOptions(options, spoiled))].join(", ")}).read();`,
  ].join("\n");
}

function encodeCode({ call, given, workspace, fault }: EncodeCase): string {
  return [
    callCode(call),
    `// failed as a plan encoded on [${given.join(", ")}] and the workspace "${workspace}"${fault ? `, buffer ${fault.at} being ${fault.by === "junk" ? fault.junk : fault.by}` : ""}`,
  ].join("\n");
}

function findCode({ call, options, abort, spoiled }: FindCase): string {
  return [
    callCode(call),
    `// failed as engine.find of that, options ${print(spoiledOptions(options, spoiled))}${abort === undefined ? "" : `, given up before candidate ${abort}`}`,
  ].join("\n");
}

/** Prints a call of an operation, with tensors named by their places: given0, given1_0, bias. */
function operationCode({ call, layout, dtype, spoiled, seed }: OperationCase): string {
  const nameOf = (place: string): string =>
    place.startsWith("options.") ? place.slice(8) : `given${place.replace(".", "_")}`;
  const at = (place: string): Source => new Source(place === spoiled?.at ? spoiled.by : nameOf(place));
  const made = placesOf(call).map(([place, given], turn) => {
    const { shape, dtype: own } = describedBy(given, dtype);
    const kind = print({ ...(layout === "channels-last" && { layout }), ...(own === "f16" && { dtype: own }) });
    return `const ${nameOf(place)} = engine.tensor(uniform(${shape.join(" * ")}, ${seed + turn}), ${print(shape)}, ${kind});`;
  });
  const isTensor = placesOf(call).some(([place]) => place === spoiled?.at);
  const options = optionsOf(call, at);
  const last = isTensor ? options : spoiledOptions(options, spoiled);
  const list = [...argumentsOf(call, at), ...(last === undefined ? [] : [last])];
  return [...made, `${call.operation}(${list.map(print).join(", ")});`].join("\n");
}

export function codeOf(one: Case): string {
  switch (one.operation) {
    case "tensor":
    case "empty":
    case "wrap":
      return tensorCode(one);
    case "encode":
      return encodeCode(one);
    case "find":
      return findCode(one);
    case "operation":
      return operationCode(one);
    default:
      return callCode(one);
  }
}
