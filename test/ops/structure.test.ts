// The lists of the entries: the engine's and the reference's name the same functions, and whoever imports a function can also import the
// types of its options and results.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import * as bias from "../../src/conv/bias-gradient.ts";
import * as convolutions from "../../src/conv/conv.ts";
import * as gradients from "../../src/conv/gradients.ts";
import * as transposed from "../../src/conv/transposed.ts";
import * as operations from "../../src/ops/index.ts";
import * as references from "../../src/ops/reference.ts";
import { CONSTRAINT_KEYS } from "../../src/planner/choose.ts";
import * as reference from "../../src/reference.ts";

const SRC = path.resolve(import.meta.dirname, "../../src");

/** The names that a module exports from others, with the file of each. */
function exportsOf(module: string): Map<string, string> {
  const text = readFileSync(path.join(SRC, module), "utf8");
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/g)];
  return new Map(
    lists.flatMap(([, names, file]) =>
      names!
        .split(",")
        .map((name) => name.replace(/^\s*type /, "").trim())
        .filter(Boolean)
        .map((name): [string, string] => [name, path.join(SRC, path.dirname(module), file!)]),
    ),
  );
}

/** Types that the language and WebGPU define. */
const GLOBAL =
  /^(?:GPU\w*|Promise|Partial|Readonly|ReadonlyArray|Record|Pick|Omit|ArrayLike|ArrayBuffer|\w*Array|AbortSignal|T|Name|Result)$/;

it.each(["index.ts", "ops/index.ts"])("every type of the functions of %s can be imported", (entry) => {
  const own = exportsOf(entry);
  const known = new Set([...exportsOf("index.ts").keys(), ...own.keys()]);
  let functions = 0;
  for (const [name, file] of own) {
    const source = readFileSync(file, "utf8");
    // From the name to the brace that opens the body, which ends its line.
    const signature = new RegExp(`^export (?:async )?function ${name}\\b([^]*?)\\{\\n`, "m").exec(source)?.[1];
    if (signature === undefined) continue;
    functions++;
    const types = [...signature.replace(/\/\*[^]*?\*\//g, "").matchAll(/\b[A-Z]\w+/g)].map(([type]) => type);
    expect(
      types.filter((type) => !known.has(type) && !GLOBAL.test(type)),
      name,
    ).toEqual([]);
  }
  expect(functions).toBeGreaterThan(entry === "index.ts" ? 7 : 40);
});

it("every operation has a reference of the same name, and the reverse", () => {
  expect(Object.keys(references).toSorted()).toEqual(Object.keys(operations).toSorted());
});

it("every convolution and gradient has a reference of the same name", () => {
  const calls = Object.keys({ ...convolutions, ...gradients, ...transposed, ...bias });
  expect(calls.length).toBe(7);
  expect(Object.keys(reference)).toEqual(expect.arrayContaining(calls));
});

/** The options that a function takes, as its refusal of another lists them; undefined if it refuses something else first. */
function optionsOf(call: unknown): string[] | undefined {
  for (const count of [2, 1, 3, 4]) {
    try {
      (call as (...given: unknown[]) => unknown)(...Array.from({ length: count }, () => ({})), { unheard: true });
    } catch (error) {
      const list = /"unheard", expected no option but (.*)$/.exec((error as Error).message)?.[1];
      if (list !== undefined) return list.split(", ").toSorted();
    }
  }
  return undefined;
}

it("references take the options of the engine's functions, and the layout, which tensors have", () => {
  const besides = new Set<string>(["layout", ...CONSTRAINT_KEYS]);
  const without = (list: string[]): string[] => list.filter((one) => !besides.has(one));
  const compared: string[] = [];
  for (const [name, call] of Object.entries({ ...convolutions, ...gradients, ...transposed, ...bias, ...operations })) {
    const [own, others] = [optionsOf(call), optionsOf((reference as Record<string, unknown>)[name])];
    if (!own || !others) continue;
    expect(without(others), name).toEqual(without(own));
    compared.push(name);
  }
  expect(compared).toEqual(
    expect.arrayContaining(Object.keys({ ...convolutions, ...gradients, ...transposed, ...bias })),
  );
  expect(compared.length).toBeGreaterThan(100);
});
