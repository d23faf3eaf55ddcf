// The command line of the benchmark, and the rows that it selects.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LAYERS } from "../../bench/layers.ts";
import { ALGORITHM_CHOICES, OPTION_NAMES, parseOptions, rowsOf } from "../../bench/options.ts";
import { SUITES } from "../../bench/suites.ts";
import { ROOT } from "../../scripts/setup.mjs";

describe("parseOptions", () => {
  const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean));

  it("has defaults for everything but the file", () => {
    expect(parse("")).toEqual({
      suite: "layers",
      algorithm: "auto",
      dtype: "f32",
      layout: "channels-first",
      batch: 1,
      browser: "chromium",
      gpu: false,
      samples: 5,
    });
  });

  it("takes values with and without an equals sign", () => {
    expect(
      parse("--layers=L8,L1 --pass backward-data --algorithm fft --dtype f16 --layout=channels-last --batch 4 --gpu"),
    ).toMatchObject({
      layers: ["L8", "L1"],
      pass: "backward-data",
      algorithm: "fft",
      dtype: "f16",
      batch: 4,
      gpu: true,
    });
    expect(parse("--browser firefox --json out/bench.json --samples 9")).toMatchObject({
      browser: "firefox",
      json: "out/bench.json",
      samples: 9,
    });
  });

  it.each([
    ["--models what", 'there is no model "what"; there are default-model'],
    ["--suite models --layers L1", "--layers cannot go with --suite models: it is about convolutions"],
    ["--suite models --dtype f16", "--dtype cannot go with --suite models"],
    ["--suite models --browser node", "--browser node cannot go with --suite models"],
    ["--suite models --peers jax", "--peers cannot go with --suite models and jax: it reads none of the models"],
    [
      "--suite operations --models default-model",
      "--models cannot go with --suite operations: it is about the suite models",
    ],
    ["--speed 3", 'there is no option "speed"; there are suite, layers'],
    ["L1", 'got "L1", expected an option'],
    ["--suite alexnet9", 'there is no suite "alexnet9"; there are layers, lenet5, alexnet'],
    ["--layers L1,L77", 'there is no layer of the suite layers "L77"; there are L1, L2'],
    ["--suite vgg16 --layers L1", 'there is no layer of the suite vgg16 "L1"; there are vgg16-1'],
    ["--pass backward", 'there is no pass "backward"; there are forward, backward-data, backward-weights, transposed'],
    ["--algorithm magic", 'there is no algorithm "magic"; there are auto, all, find'],
    ["--dtype f64", 'there is no dtype "f64"; there are f32, f16'],
    ["--layout NHWC", 'there is no layout "NHWC"; there are channels-first, channels-last'],
    ["--browser safari", 'there is no browser "safari"; there are chromium, firefox, node'],
    ["--batch 0", '--batch is "0", expected an integer from 1'],
    ["--batch 1.5", '--batch is "1.5"'],
    ["--samples many", '--samples is "many"'],
    ["--samples", "--samples has no value"],
    ["--json --gpu", "--json has no value"],
    ["--json=", "--json has no value"],
    ["--gpu=1", "--gpu takes no value"],
    ["--batch 1 --batch=2", "--batch is given twice"],
  ])("refuses %s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  it("takes models as their suite", () => {
    expect(parse("--models ppocr-det,ppocr-cls --peers tfjs,onnx")).toMatchObject({
      suite: "models",
      models: ["ppocr-det", "ppocr-cls"],
      peers: ["tfjs", "onnx"],
    });
  });

  it("knows every algorithm by name", () => {
    expect(ALGORITHM_CHOICES).toContain("direct");
    expect(ALGORITHM_CHOICES).toContain("winograd");
  });

  it("is described by the help", () => {
    const help = readFileSync(path.join(ROOT, "scripts", "bench.mjs"), "utf8");
    for (const suite of Object.keys(SUITES)) expect(help).toContain(suite);
    for (const name of OPTION_NAMES) expect(help).toContain(`--${name}`);
  });
});

describe("rowsOf", () => {
  const rows = (...argv: string[]) => rowsOf(parseOptions(argv)).map((row) => `${row.layer.id} ${row.pass}`);

  it("gives each layer its own pass", () => {
    expect(rows()).toHaveLength(LAYERS.length);
    expect(rows("--layers", "L1,L12,L9bw")).toEqual(["L1 forward", "L12 transposed", "L9bw backward-weights"]);
  });

  it("has equal layers once if a pass is given", () => {
    expect(rows("--pass", "forward")).toHaveLength(16);
    expect(rows("--pass", "transposed", "--layers", "L1,L1bd,L2")).toEqual(["L1 transposed", "L2 transposed"]);
    expect(rows("--pass", "forward", "--layers", "L1bd")).toEqual(["L1bd forward"]);
  });
});
