// The parts of `npm run bench -- --peers` that need neither a browser nor the peers' packages.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { descriptorOf, problemOf } from "../../bench/layer.ts";
import type { Measurement } from "../../bench/measurement.ts";
import { OPERATIONS } from "../../bench/operations.ts";
import { parseOptions } from "../../bench/options.ts";
import { fromHwio, padMap, permute, toChannelsFirst, toChannelsLast, toHwio } from "../../bench/peers/layouts.ts";
import { PEERS, type PeerName } from "../../bench/peers/names.ts";
import { operationTask } from "../../bench/peers/operations.ts";
import { type PeerOutcomes, compare } from "../../bench/peers/outcome.ts";
import type { PeerResult } from "../../bench/peers/protocol.ts";
import { peers } from "../../bench/peers/registry.ts";
import { peerNotes, peerSummary } from "../../bench/peers/report.ts";
import { installPackages } from "../../bench/peers/server.ts";
import type { Result } from "../../bench/protocol.ts";
import { SUITES } from "../../bench/suites.ts";
import { callTime, measurementTable, peerRow } from "../../bench/table.ts";
import { ROOT } from "../../scripts/setup.mjs";

const layer = (id: string, suite = "layers") => SUITES[suite]!.find((one) => one.id === id)!;
const read = (...parts: string[]): string => readFileSync(path.join(ROOT, ...parts), "utf8");

const check = { error: 1e-6, bound: 1e-4, against: "direct" } as const;
const wrong = { ...check, error: 1 };
const ours: Result = {
  algorithm: "winograd",
  variant: "F(4,3)",
  flops: 200e6,
  bytes: 2e6,
  milliseconds: 20,
  samples: [20],
  callMilliseconds: 25,
  check,
};
const theirs: PeerResult = { milliseconds: 50, samples: [50], check };

describe("--peers", () => {
  const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean));

  it("names engines, each once, and goes with a browser", () => {
    expect(parse("").peers).toBeUndefined();
    expect(parse("--peers litert").peers).toEqual(["litert"]);
    expect(parse("--peers=jax,litert,jax --browser firefox --algorithm all").peers).toEqual(["jax", "litert"]);
  });

  it.each([
    ["--peers cudnn", 'there is no peer "cudnn"; there are litert, jax, tfjs, onnx'],
    ["--peers litert,", 'there is no peer ""'],
    ["--peers", "--peers has no value"],
    ["--peers jax --browser node", "--peers cannot go with --browser node: the peers run in a browser's page"],
    ["--peers jax --dtype f16", "--peers cannot go with --dtype f16"],
    ["--peers jax --algorithm find", "--peers cannot go with --algorithm find"],
  ])("refuses %s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  it("is described by the help, every peer by name", () => {
    const help = read("scripts", "bench.mjs");
    expect(help).toContain("--peers");
    for (const peer of PEERS) expect(help).toMatch(new RegExp(`\\b${peer} \\(`));
  });
});

describe("the peers' packages", () => {
  const manifest = JSON.parse(read("bench", "peers", "package.json")) as { dependencies: Record<string, string> };

  it("are of exact versions, those of the lock file and of the project's own packages", () => {
    const lock = JSON.parse(read("bench", "peers", "package-lock.json")) as {
      packages: Record<string, { version?: string; dependencies?: Record<string, string> }>;
    };
    const own = JSON.parse(read("package.json")) as { devDependencies: Record<string, string | undefined> };
    expect(lock.packages[""]!.dependencies).toEqual(manifest.dependencies);
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]!.version).toBe(version);
      expect([undefined, version]).toContain(own.devDependencies[name]);
    }
    for (const { package: name } of Object.values(peers)) expect(manifest.dependencies).toHaveProperty([name]);
  });

  it("are locked without an address to fetch them from", () => {
    // The addresses that are there are those of sponsors.
    const locked = read("bench", "peers", "package-lock.json").replaceAll(/"url": "[^"]*"/g, "");
    expect(locked).not.toMatch(/"resolved"|https?:/);
  });

  describe("that cannot be installed", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), "convoke-peers-"));
      vi.spyOn(console, "log").mockImplementation(() => undefined);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      rmSync(folder, { recursive: true });
    });

    it("are named in the error", () => {
      expect(() => installPackages(folder)).toThrow(
        /--peers needs the packages of bench\/peers, and they could not be installed: .*package-lock.json is missing/,
      );
    });

    it("are so where npm fails", () => {
      writeFileSync(path.join(folder, "package.json"), "{}");
      writeFileSync(
        path.join(folder, "package-lock.json"),
        '{"packages": {"": {}, "node_modules/a": {"version": "1"}}}',
      );
      // Instead of npm, a program that fails.
      const failing = path.join(folder, "failing.js");
      writeFileSync(failing, "process.exit(7);");
      vi.stubEnv("npm_execpath", failing);
      expect(() => installPackages(folder)).toThrow(/could not be installed: .* ci .* failed with status 7/);
      expect(existsSync(path.join(folder, "node_modules"))).toBe(false);
      vi.unstubAllEnvs();
    });
  });
});

describe("the problems a peer supports", () => {
  const supports = (peer: PeerName, id: string, suite = "layers") => {
    const one = layer(id, suite);
    const descriptor = descriptorOf(one, one.pass, { batch: 1, layout: "channels-first", dtype: "f32" });
    return peers[peer].supports(problemOf(one.pass, descriptor), one.pass);
  };

  it.each(PEERS)("%s: every layer of the first suite, or it gives a reason", (peer) => {
    const refused = SUITES["layers"]!.map(({ id }) => id).filter((id) => supports(peer, id) !== true);
    const expected: Record<PeerName, string[]> = {
      litert: ["L1bd", "L2bd", "L9bd", "L1bw", "L2bw", "L9bw"],
      jax: [],
      tfjs: ["L14"],
      onnx: [],
    };
    expect(refused).toEqual(expected[peer]);
    for (const id of refused) expect(supports(peer, id)).toMatch(/^it has no /);
  });

  it("are two-dimensional, except for jax", () => {
    expect(PEERS.filter((peer) => supports(peer, "audio-video-1", "audio-video") === true)).toEqual(["jax"]);
  });

  it("exclude gradients of weights over a batch if the peer computes them as convolutions", () => {
    const one = layer("L1bw");
    const problem = (batch: number) =>
      problemOf(one.pass, descriptorOf(one, one.pass, { batch, layout: "channels-first", dtype: "f32" }));
    expect(peers.onnx.supports(problem(1), one.pass)).toBe(true);
    expect(peers.onnx.supports(problem(2), one.pass)).toContain("one image");
    expect(peers.tfjs.supports(problem(2), one.pass)).toBe(true);
  });
});

describe("layouts", () => {
  const values = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, at) => at);
  const shape = [2, 3, 4, 5];

  it("put the axes in another order and back", () => {
    expect([...permute([1, 2, 3, 4, 5, 6], [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
    const last = toChannelsLast(values, shape);
    // [0, 0, 0, channel]
    expect([...last.slice(0, 3)]).toEqual([0, 20, 40]);
    expect(toChannelsFirst(last, shape)).toEqual(values);
    const hwio = toHwio(values, shape);
    // [0, 0, inner, outer]
    expect([...hwio.slice(0, 4)]).toEqual([0, 60, 20, 80]);
    expect(fromHwio(hwio, shape)).toEqual(values);
  });

  it("put a border of zeros around a map", () => {
    const padded = padMap(Float32Array.of(1, 2, 3, 4), [1, 2, 2, 1], [1, 0], [0, 1]);
    expect(padded.shape).toEqual([1, 3, 3, 1]);
    expect([...padded.values]).toEqual([0, 0, 0, 1, 2, 0, 3, 4, 0]);
  });
});

describe("operations for peers", () => {
  it("have float32 arrays alone, results of the forward pass among them", () => {
    const entry = OPERATIONS.findIndex(({ operation }) => operation === "softmaxBackward");
    const { given, all } = operationTask(entry, { layout: "channels-first", dtype: "f32", batch: 2 });
    expect(Object.keys(given)).toEqual(["dy", "output"]);
    expect(Object.keys(all).toSorted()).toEqual(["dy", "output", "x"]);
    for (const { data } of Object.values(all)) expect(data).toBeInstanceOf(Float32Array);
  });
});

describe("the ratio", () => {
  it("is the peer's time over ours, both of calls", () => {
    expect(compare(theirs, callTime(ours))).toEqual({ ...theirs, ratio: 2 });
  });

  it.each([
    ["is wrong", { ...theirs, check: wrong }, ours],
    ["has NaN", { ...theirs, check: { ...check, error: NaN } }, ours],
    ["was wrong and not timed", { check: wrong }, ours],
    ["failed", { failed: "out of memory" }, ours],
    ["does not have the operation", { unsupported: "it has no gradients" }, ours],
    ["is right and ours is wrong", theirs, { ...ours, check: wrong }],
    ["is right and ours failed", theirs, { algorithm: "fft", variant: "", flops: 0, bytes: 0, failed: "lost" }],
  ] satisfies [string, PeerResult, Result][])("is missing if the peer %s", (_, peer, own) => {
    expect(compare(peer, callTime(own))).toEqual(peer);
  });
});

describe("the table with peers", () => {
  const roofline = { flopsPerSecond: 20e9, chains: 4, bytesPerSecond: 8e9 };
  const measured = (outcomes: PeerOutcomes, id = "L1", result = ours): Measurement => ({
    layer: layer(id),
    pass: layer(id).pass,
    result,
    peers: outcomes,
  });
  const cells = (measurement: Measurement): string[] => {
    const [titles, , row] = measurementTable([measurement], roofline, ["litert", "jax"]).split("\n");
    expect(titles!.split(/ {2,}/).slice(-5)).toEqual(["call ms", "litert ms", "litert/ours", "jax ms", "jax/ours"]);
    return row!.split(/ {2,}/).slice(-5);
  };

  it("has each peer's time and ratio", () => {
    const outcomes = { litert: compare(theirs, 25), jax: compare({ ...theirs, milliseconds: 20 }, 25) };
    expect(cells(measured(outcomes))).toEqual(["25.0", "50.0", "2.00", "20.0", "0.800"]);
  });

  it("shows wrong, failed and unsupported results, without a ratio", () => {
    expect(cells(measured({ litert: { ...theirs, check: wrong }, jax: { unsupported: "no" } }))).toEqual([
      "25.0",
      "WRONG",
      "-",
      "-",
      "-",
    ]);
    expect(cells(measured({ litert: { failed: "lost" }, jax: theirs }, "L1", { ...ours, check: wrong }))).toEqual([
      "-",
      "FAILED",
      "-",
      "50.0",
      "-",
    ]);
  });

  it("has no columns for them without peers", () => {
    const [titles] = measurementTable([{ layer: layer("L1"), pass: "forward", result: ours }], roofline).split("\n");
    expect(titles).toMatch(/error\/bound$/);
  });

  it("is followed by each reason, once", () => {
    const none = { unsupported: "it has no gradients" };
    expect(
      peerNotes(
        [
          measured({ litert: theirs, jax: { ...theirs, check: wrong } }),
          measured({ litert: none, jax: { failed: "lost" } }, "L1bd"),
          measured({ litert: none, jax: theirs }, "L1bw"),
        ].map(peerRow),
      ),
    ).toEqual([
      "jax on L1 forward: WRONG: off by 1, more than 0.0001",
      "litert on L1bd backward-data, L1bw backward-weights: it has no gradients",
      "jax on L1bd backward-data: FAILED: lost",
    ]);
  });

  it("ends with means over the rows that have a ratio", () => {
    const rows = [
      measured({ litert: { ...theirs, ratio: 2 }, jax: { ...theirs, ratio: 3 } }),
      measured({ litert: { ...theirs, ratio: 8 }, jax: { failed: "lost" } }),
    ].map(peerRow);
    expect(peerSummary(rows, ["litert", "jax"])).toEqual([
      "litert: 4.00 times our time (geometric mean of 2 rows; lowest 2.00)",
      "jax: 3.00 times our time in one row",
      "the fastest of them: 4.00 times our time (geometric mean of 2 rows; lowest 2.00)",
    ]);
    expect(peerSummary(rows, ["litert"])).toHaveLength(1);
    expect(peerSummary([], ["litert", "jax"])).toEqual([]);
  });
});
