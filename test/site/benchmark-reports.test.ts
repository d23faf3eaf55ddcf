// The reports of the benchmark page: rows, CSV, loading a file, comparing two.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../site/benchmark/checks.ts";
import { meanRatio, pairsOf } from "../../site/benchmark/compare.ts";
import { toCsv, verdictOf } from "../../site/benchmark/csv.ts";
import { parseReport } from "../../site/benchmark/load.ts";
import { type Report, type Row, flopsPerSecond, isTimed, isWrong, roofShare } from "../../site/benchmark/rows.ts";

const row: Row = {
  suite: "layers",
  layer: "L8",
  what: "depthwise 3x3 144 56x56",
  pass: "forward",
  dtype: "f32",
  layout: "channels-first",
  batch: 1,
  algorithm: "auto",
  chosen: "depthwise",
  variant: "4x1",
  flops: 8e6,
  bytes: 4e6,
  milliseconds: 2,
  samples: [1.9, 2, 2.3],
  firstMilliseconds: 20,
  workspaceBytes: 0,
  preparedBytes: 0,
  check: { error: 1e-7, bound: 1e-6, against: "reference" },
};

function reportOf(...rows: Row[]): Report {
  return {
    format: "convoke-benchmark",
    version: 1,
    made: "2026-01-02T03:04:05.000Z",
    machine: { adapter: "an adapter", browser: "a browser", features: ["shader-f16"], limits: { maxBufferSize: 1024 } },
    roofline: { flopsPerSecond: 4e9, bytesPerSecond: 1e9 },
    rows,
  };
}

describe("rows", () => {
  it("have a speed and a share of the roofline", () => {
    if (!isTimed(row)) throw new Error("the row has a time");
    expect(flopsPerSecond(row)).toBe(4e9);
    // 2 operations a byte at 1 GB/s allow 2 GFLOP/s.
    expect(roofShare(row, { flopsPerSecond: 4e9, bytesPerSecond: 1e9 })).toBe(2);
    expect(roofShare(row, { flopsPerSecond: 4e9, bytesPerSecond: 1e12 })).toBe(1);
  });

  it("with a wrong result have no time", () => {
    for (const error of [2e-6, NaN, Infinity]) {
      const wrong: Row = { ...row, check: { error, bound: 1e-6, against: "reference" } };
      expect(isWrong(wrong)).toBe(true);
      expect(isTimed(wrong)).toBe(false);
      expect(verdictOf(wrong)).toBe("wrong");
    }
    expect(isWrong({ ...row, check: { error: 1e-6, bound: 1e-6, against: "direct" } })).toBe(false);
  });
});

describe("CSV", () => {
  it("has a header line and a line for each row, all with the same number of cells", () => {
    const { check: _, milliseconds: __, samples: ___, ...rest } = row;
    const csv = toCsv(reportOf(row, { ...rest, refused: "no reason" }));
    const lines = csv.trimEnd().split("\r\n");
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map((line) => line.split(",").length)).size).toBe(1);
    const cells = Object.fromEntries(lines[0]!.split(",").map((name, at) => [name, lines[1]!.split(",")[at]]));
    expect(cells).toMatchObject({
      ...{ layer: "L8", asked: "auto", algorithm: "depthwise", verdict: "ok", time_ms: "2", gflops_per_second: "4" },
      ...{ roofline_share: "2", error: "1e-7", error_bound: "0.000001", compared_with: "reference", reason: "" },
    });
    expect(Number(cells["spread"])).toBeCloseTo(0.2);
    expect(lines[2]).toMatch(/,refused,,,,,.*,no reason$/);
  });

  it("quotes separators, and never starts a formula", () => {
    const csv = toCsv(reportOf({ ...row, layer: 'a "b", c', what: "two\nlines", variant: "=1+1" }));
    expect(csv).toContain('"a ""b"", c"');
    expect(csv).toContain('"two\nlines"');
    expect(csv).toContain(",'=1+1,");
  });

  it("has no time for a wrong result", () => {
    const csv = toCsv(reportOf({ ...row, check: { error: 1, bound: 0.1, against: "direct" } }));
    expect(csv.split("\r\n")[1]).toContain(",wrong,,,,,");
  });
});

describe("a loaded report", () => {
  it("equals the saved one, without unknown fields", () => {
    const report = reportOf(
      { ...row, peers: [{ name: "another", milliseconds: 3 }] },
      { ...row, check: { error: Infinity, bound: 1, against: "direct" } },
    );
    const text = JSON.stringify({ ...report, extra: 1, rows: report.rows.map((one) => ({ ...one, extra: "<b>" })) });
    expect(parseReport(text)).toEqual(report);
  });

  it("may come from the command line, with the times of other engines", () => {
    const folder = path.join(import.meta.dirname, "../../bench/results");
    const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(path.join(folder, file), "utf8");
      const { measurements } = JSON.parse(text) as { measurements: { result: { callMilliseconds: number } }[] };
      const { rows, machine } = parseReport(text);
      expect(rows.length).toBe(measurements.length);
      expect(machine.browser).toMatch(/chromium|firefox/i);
      const [first] = rows;
      expect(first).toMatchObject({
        suite: "layers",
        layer: "L1",
        pass: "forward",
        algorithm: "auto",
        chosen: "winograd",
      });
      expect(first!.peers!.map(({ name }) => name)).toContain("litert");
      // Ours is compared with times of whole calls.
      expect(first!.milliseconds).toBe(measurements[0]!.result.callMilliseconds);
    }
    const empty = JSON.stringify({ measurements: [{}], options: {} });
    expect(() => parseReport(empty)).toThrow(Refusal);
  });

  it.each<[string, string, RegExp]>([
    ["not JSON", "{", /this is not JSON/],
    ["a list", "[]", /^the file: got \[\], expected an object$/],
    [
      "another format",
      JSON.stringify({ ...reportOf(row), format: "x" }),
      /^format: got "x", expected "convoke-benchmark"/,
    ],
    ["a later version", JSON.stringify({ ...reportOf(row), version: 2 }), /^version: got 2, expected 1$/],
    [
      "no machine",
      JSON.stringify({ ...reportOf(row), machine: undefined }),
      /^machine: got nothing, expected an object$/,
    ],
    ["no rows", JSON.stringify({ ...reportOf(row), rows: {} }), /^rows: got \{\}, expected a list$/],
    [
      "a time of text",
      JSON.stringify(reportOf({ ...row, milliseconds: "2" as never })),
      /^rows\[0\].milliseconds: got "2"/,
    ],
    ["a negative time", JSON.stringify(reportOf(row, { ...row, milliseconds: -1 })), /^rows\[1\].milliseconds: got -1/],
    ["a time without samples", JSON.stringify(reportOf({ ...row, samples: [] })), /^rows\[0\].samples: /],
    [
      "an unknown pass",
      JSON.stringify(reportOf({ ...row, pass: "sideways" as never })),
      /^rows\[0\].pass: got "sideways"/,
    ],
    ["a layer of numbers", JSON.stringify(reportOf({ ...row, layer: 8 as never })), /^rows\[0\].layer: got 8/],
    [
      "endless text",
      JSON.stringify(reportOf({ ...row, what: "x".repeat(500) })),
      /^rows\[0\].what: .*a text of at most/,
    ],
    [
      "a roofline of nothing",
      JSON.stringify({ ...reportOf(row), roofline: { flopsPerSecond: 0 } }),
      /^roofline.flopsPerSecond: got 0/,
    ],
    [
      "a peer without a time",
      JSON.stringify(reportOf({ ...row, peers: [{ name: "p" }] })),
      /^rows\[0\].peers\[0\].milliseconds/,
    ],
  ])("with %s is refused in words", (_, text, words) => {
    expect(() => parseReport(text)).toThrow(Refusal);
    expect(() => parseReport(text)).toThrow(words);
  });
});

describe("two reports", () => {
  it("are paired by layer, pass and algorithm, with the ratio of the times", () => {
    const { milliseconds: _, samples: __, ...refused } = row;
    const left = reportOf(row, { ...row, layer: "L1" }, { ...refused, layer: "L2", refused: "no" });
    const right = reportOf(
      { ...row, layer: "L3" },
      { ...row, milliseconds: 8, chosen: "direct" },
      { ...row, layer: "L2" },
      { ...row, layer: "L1", milliseconds: 1, check: { error: 1, bound: 0.1, against: "direct" } },
    );
    const pairs = pairsOf(left, right);
    expect(pairs.map((pair) => [pair.left?.layer, pair.right?.layer, pair.ratio])).toEqual([
      ["L8", "L8", 4],
      ["L1", "L1", undefined],
      ["L2", "L2", undefined],
      [undefined, "L3", undefined],
    ]);
    expect(meanRatio(pairs)).toBeCloseTo(4);
    expect(meanRatio([{ ratio: 4 }, { ratio: 0.25 }])).toBeCloseTo(1);
    expect(meanRatio([])).toBeUndefined();
  });
});
