// Untrusted input: names and numbers from options and imported tables reach no shader unchecked, the sources neither evaluate code nor open
// connections, and the package has no stray files.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { describe as shown } from "../../src/base/error.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Plan } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { checkConstraints, choose, rank } from "../../src/planner/choose.ts";
import type { TuningData } from "../../src/planner/tuning-data.ts";
import { TuningTable } from "../../src/planner/tuning.ts";
import { type ConvDescriptor, PASSES, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { refusal } from "../suite/refusal.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Names that are code, members of every object, or very long. */
const HOSTILE = [
  "relu; } @compute fn evil() {}",
  "direct\n@group(0)",
  "__proto__",
  "constructor",
  "toString",
  "../../package.json",
  "",
  "\u0000",
  "relu ",
  "x".repeat(100_000),
];

const descriptor: ConvDescriptor = { inputShape: [1, 8, 12, 12], kernelShape: [8, 8, 3, 3], padding: 1 };
const HERE = { adapter: "a", browser: "b", version: "1" };

describe("names", () => {
  it.each(HOSTILE.map((name) => [shown(name).slice(0, 40), name]))("%s names nothing", (_, name) => {
    const fields: (keyof ConvDescriptor)[] = ["activation", "layout", "dtype", "mode", "paddingMode", "padding"];
    for (const field of fields) {
      const { code, argument } = refusal(() => convProblem("forward", { ...descriptor, [field]: name }));
      expect([code, argument]).toEqual(["invalid-argument", field]);
    }
    const activation = { name, parameter: 1 };
    expect(() => convProblem("forward", { ...descriptor, activation: activation as never })).toThrow(/^activation/);
    const gradient = { activation: name, from: name };
    expect(() => convProblem("forward", { ...descriptor, activationGradient: gradient as never })).toThrow(
      /^activationGradient/,
    );
    expect(refusal(() => convProblem(name as never, descriptor)).argument).toBe("pass");
    expect(refusal(() => convProblem("forward", { ...descriptor, [`${name}!`]: 1 })).code).toBe("unknown-option");
    for (const pass of PASSES) {
      const problem = convProblem(pass, descriptor);
      expect(refusal(() => choose(algorithms, lower(problem, DEFAULT_TRAITS), { algorithm: name })).code).toBe(
        "unknown-algorithm",
      );
      for (const algorithm of algorithms) {
        if (candidatesOf(algorithm, problem, DEFAULT_TRAITS).length === 0) continue;
        expect(candidatesOf(algorithm, problem, DEFAULT_TRAITS, name)).toEqual([]);
        const named = { algorithm: algorithm.name, variant: name };
        expect(refusal(() => choose(algorithms, lower(problem, DEFAULT_TRAITS), named)).code).toBe("unsupported");
      }
    }
  });

  it("of options must be own properties: those of a polluted object are unknown", () => {
    const polluted = JSON.parse('{"__proto__": {"stride": 2}, "constructor": {"prototype": {"stride": 2}}}') as object;
    expect(refusal(() => convProblem("forward", { ...descriptor, ...polluted })).code).toBe("unknown-option");
    // Spread defines own properties, even __proto__, and leaves Object.prototype alone.
    expect(({} as { stride?: number }).stride).toBeUndefined();
    expect(refusal(() => checkConstraints("constraints", polluted)).code).toBe("unknown-option");
  });
});

describe("numbers", () => {
  it.each([Number.NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, "1", "1u; }", null, {}, [[1]], 1n])(
    "%s reaches no shader",
    (value) => {
      for (const field of ["stride", "dilation", "groups"]) {
        if (value === null) continue; // Counts as not given.
        expect(refusal(() => convProblem("forward", { ...descriptor, [field]: value })).argument).toMatch(field);
      }
      if (typeof value !== "number")
        expect(() =>
          convProblem("forward", { ...descriptor, activation: { name: "elu", alpha: value ?? {} } as never }),
        ).toThrow(/alpha: got .*, expected a finite number/);
    },
  );

  it.each([Number.NaN, Infinity, 3.5e38])("%s is refused as a parameter of an activation and as padding", (value) => {
    for (const activation of [
      { name: "elu", alpha: value },
      { name: "leaky-relu", slope: value },
    ] as const)
      expect(refusal(() => convProblem("forward", { ...descriptor, activation })).argument).toMatch(/alpha|slope/);
    expect(refusal(() => convProblem("forward", { ...descriptor, paddingValue: value })).argument).toBe("paddingValue");
  });
});

describe("refusals", () => {
  it("abbreviate long values and cycles", () => {
    const cycle: unknown[] = [1];
    cycle.push(cycle);
    expect(shown(cycle)).toBe("[1, [1, [1, [...]]]]");
    let wide: unknown[] = [];
    for (let depth = 0; depth < 30; depth++) wide = Array.from({ length: 8 }, () => wide);
    expect(shown(wide).length).toBeLessThan(4000);
    expect(shown("x".repeat(10 ** 6)).length).toBeLessThan(250);
    expect(refusal(() => convProblem("forward", { ...descriptor, stride: cycle as never })).argument).toMatch(
      /^stride/,
    );
    const huge = Array.from({ length: 10 ** 7 }, () => 1);
    for (const field of ["stride", "inputShape", "padding"])
      expect(() => convProblem("forward", { ...descriptor, [field]: huge })).toThrow(/10000000 in all/);
  });
});

/** Expects one of the plans that its algorithm makes, whose kernels assemble and whose sizes are valid. */
function expectSound(plan: Plan, variants: readonly Plan[]): void {
  expect(variants).toContainEqual(plan);
  for (const { kernel, workgroups, uniforms, bindings } of [...plan.steps, ...(plan.preparation?.steps ?? [])]) {
    expect(assemble(kernel)).toContain("@compute");
    for (const count of workgroups) {
      expect(Number.isInteger(count)).toBe(true);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(65_535);
    }
    expect(uniformBytes(kernel.shaders, kernel.constants, uniforms).byteLength % 16).toBe(0);
    for (const { offset, size } of bindings) expect(Number.isInteger(offset) && Number.isInteger(size)).toBe(true);
  }
}

describe("an imported table", () => {
  const problem = convProblem("forward", descriptor);

  async function tableWith(ranked: object[], calibrations: object[] = []): Promise<TuningTable> {
    const honest = new TuningTable(HERE);
    await honest.add(problem, {}, [{ algorithm: "direct", variant: "x", seconds: 1 }]);
    const [entry] = honest.export().entries;
    const table = new TuningTable(HERE);
    await table.import({ format: 1, entries: [{ ...entry!, ranked }], calibrations } as unknown as TuningData);
    return table;
  }

  it("with hostile names only yields plans of the algorithms", async () => {
    const rows = HOSTILE.flatMap((name) => [
      { algorithm: name, variant: name, seconds: 1e-12 },
      ...algorithms.map((one) => ({ algorithm: one.name, variant: name, seconds: 1e-12 })),
    ]).filter(({ algorithm, variant }) => algorithm.length + variant.length < 1000);
    const table = await tableWith(rows);
    const measurements = table.lookUp(problem, {});
    expect(measurements.length).toBe(rows.length);
    const names = ({ ranked }: ReturnType<typeof rank>) =>
      ranked.map(({ algorithm, candidate: { variant }, measured }) => ({ algorithm, variant, measured }));
    expect(names(rank(algorithms, lower(problem, SOFTWARE_TRAITS), {}, measurements))).toEqual(
      names(rank(algorithms, lower(problem, SOFTWARE_TRAITS), {})),
    );
    const { chosen } = choose(algorithms, lower(problem, SOFTWARE_TRAITS), {}, measurements);
    const algorithm = algorithms.find(({ name }) => name === chosen.algorithm)!;
    const own = candidatesOf(algorithm, problem, SOFTWARE_TRAITS).map((one) => one.plan());
    expectSound(chosen.candidate.plan(), own);
  });

  it("is left out if it is longer than any measurement", async () => {
    const row = { algorithm: "direct", variant: "q4k8", seconds: 1 };
    expect((await tableWith(Array.from({ length: 100_000 }, () => row))).size).toBe(0);
    expect((await tableWith([{ ...row, variant: "x".repeat(10 ** 6) }])).size).toBe(0);
    expect((await tableWith([row])).size).toBe(1);
  });

  it("pollutes no prototype", async () => {
    const table = new TuningTable(HERE);
    const text = `{"format":1,"__proto__":{"polluted":1},"entries":[{"__proto__":{"polluted":1},"adapter":"a","browser":"b",
      "version":"1","key":"__proto__","ranked":[{"__proto__":{"polluted":1},"algorithm":"__proto__","variant":"constructor","seconds":1}]}]}`;
    expect(await table.import(text)).toEqual({ taken: 1, usable: 1, leftOut: 0 });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const [entry] = table.export().entries;
    expect(Object.keys(entry!)).toEqual(["adapter", "browser", "version", "key", "ranked"]);
    expect(Object.keys(entry!.ranked[0]!)).toEqual(["algorithm", "variant", "seconds"]);
  });

  it.each([5e-324, 1e-30, 1e30, 1.7e308])("with rates of %s yields plans that can run", async (rate) => {
    const rates = {
      ...{ multiplyAdds: rate, loads: rate, bytes: rate, dispatch: rate, threads: rate, overlap: true },
      ...{ workgroupLoads: rate, traffic: rate, cores: 4096 },
    };
    const table = await tableWith([], [{ ...HERE, rates }]);
    expect(table.rates).toEqual(rates);
    for (const software of [true, false]) {
      const traits = { ...(software ? SOFTWARE_TRAITS : DEFAULT_TRAITS), rates: table.rates! };
      for (const pass of PASSES) {
        const one = convProblem(pass, descriptor);
        for (const { candidate } of rank(algorithms, lower(one, traits), {}).ranked) {
          const plan = candidate.plan();
          expectSound(plan, [plan]);
        }
      }
    }
  });
});

/** The files under a folder. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name));

describe("the sources and the build", () => {
  const FORBIDDEN =
    /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(\s*["'`]|\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|(?<!async |[.`])\bimport\s*\((?!["'`])|document\.write|innerHTML|setTimeout\s*\(\s*["'`]|https?:\/\/(?!www\.npmjs\.com)/;

  /** What loads models: one file of the sources, and the chunk of the build that has it. */
  const DOWNLOADS = /^(?:src.model.download\.ts|dist.engine\.js)$/;

  it.each(["src", "dist"])("in %s evaluate no code and open no connection", (folder) => {
    const root = path.join(ROOT, folder);
    const files = existsSync(root) ? filesOf(root).filter((file) => /(?<!\.d)\.[jt]s$/.test(file)) : [];
    if (folder === "src") expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const found = readFileSync(file, "utf8").match(FORBIDDEN)?.[0];
      // Models are loaded from the addresses that callers give.
      const isLoader = DOWNLOADS.test(path.relative(ROOT, file)) && found === "fetch(";
      expect(isLoader ? undefined : found, file).toBeUndefined();
    }
  });

  it.each(["eval('1')", "new Function('a')", "fetch(url)", "import(name)", 'setTimeout("x")'])(
    "would be caught with %s",
    (code) => {
      expect(code).toMatch(FORBIDDEN);
    },
  );

  it("are packaged as built files, types and three documents, without install scripts", () => {
    const shell = process.platform === "win32";
    const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: ROOT,
      encoding: "utf8",
      shell,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ files }] = JSON.parse(output) as [{ files: { path: string; size: number }[] }];
    for (const { path: name } of files)
      expect(name).toMatch(/^(LICENSE|README\.md|package\.json|dist\/[\w./-]+\.(js|js\.map|d\.ts|d\.ts\.map))$/);
    expect(files.map((file) => file.path)).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(files.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(5 * 2 ** 20);
    const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<string, object>;
    expect(manifest["dependencies"]).toBeUndefined();
    for (const script of ["preinstall", "install", "postinstall"])
      expect(manifest["scripts"]).not.toHaveProperty(script);
  });
});
