// Where the files of layers-models come from, and what their weights are made of.
import { afterEach, describe, expect, it, vi } from "vitest";
import { float16Value } from "../../src/base/dtype.ts";
import { readLayers } from "../../src/layers/index.ts";
import { goldenModel } from "./golden.ts";

const model = goldenModel("Conv3D");
const [group] = model.modelJson.weightsManifest;

/** The model with its weights in two shards, which cut a weight in two. */
const sharded = { ...model.modelJson, weightsManifest: [{ ...group!, paths: ["a 1.bin", "b/2.bin"] }] };
const shards: Record<string, ArrayBuffer> = {
  "a 1.bin": model.weights.slice(0, 50),
  "b/2.bin": model.weights.slice(50),
};

const shape = { [(await readLayers(model)).inputs[0]!.name]: [1, 3, 4, 3, 2] };

/** The weights of a model's only convolution. */
function weightsOf(source: Awaited<ReturnType<typeof readLayers>>): number[] {
  const { inputs } = source.graph(shape).nodes[0]!;
  return ["w", "bias"].flatMap((name) => Array.from(inputs[name]!.data!));
}

const wanted = weightsOf(await readLayers(model));

/** Stands for a server with the sharded model. */
function serve(files: Readonly<Record<string, BodyInit>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string | URL, { signal }: RequestInit = {}) => {
    signal?.throwIfAborted();
    asked.push(String(address));
    const file = files[new URL(address).pathname];
    return Promise.resolve(file === undefined ? new Response(null, { status: 404 }) : new Response(file));
  });
  return asked;
}

afterEach(() => void vi.unstubAllGlobals());

const served = {
  "/m/model.json": JSON.stringify(sharded),
  "/m/a%201.bin": shards["a 1.bin"]!,
  "/m/b/2.bin": shards["b/2.bin"]!,
};

describe("an address", () => {
  it("has the shards beside model.json, with its query, and progress in bytes", async () => {
    const asked = serve(served);
    const progress = vi.fn<(now: { loadedBytes: number; totalBytes: number }) => void>();
    const source = await readLayers("https://example.org/m/model.json?key=1", { progress });
    expect(weightsOf(source)).toEqual(wanted);
    expect(asked.toSorted()).toEqual([
      "https://example.org/m/a%201.bin?key=1",
      "https://example.org/m/b/2.bin?key=1",
      "https://example.org/m/model.json?key=1",
    ]);
    const totalBytes = model.weights.byteLength;
    expect(progress).toHaveBeenLastCalledWith({ loadedBytes: totalBytes, totalBytes });
  });

  it("is refused with the file that is missing, too short or too long", async () => {
    const address = "https://example.org/m/model.json";
    serve({ ...served, "/m/b/2.bin": new ArrayBuffer(3) });
    await expect(readLayers(address)).rejects.toMatchObject({ code: "invalid-model" });
    serve({ ...served, "/m/b/2.bin": new ArrayBuffer(1000) });
    await expect(readLayers(address)).rejects.toThrow(/2\.bin.*at most 136 bytes/);
    serve({ "/m/model.json": served["/m/model.json"] });
    await expect(readLayers(address)).rejects.toThrow(/bin.*404/);
    serve({});
    await expect(readLayers(address)).rejects.toMatchObject({ code: "invalid-model" });
    await expect(readLayers("model.json")).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("rejects with the reason of its signal", async () => {
    serve(served);
    const controller = new AbortController();
    const reason = new Error("enough");
    const loading = readLayers("https://example.org/m/model.json", {
      signal: controller.signal,
      progress: () => controller.abort(reason),
    });
    await expect(loading).rejects.toBe(reason);
    await expect(readLayers("https://example.org/m/model.json", { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe("other sources", () => {
  it("are memory, in shards or whole, with model.json as bytes or text", async () => {
    const list = Object.values(shards);
    expect(weightsOf(await readLayers({ modelJson: sharded, weights: list }))).toEqual(wanted);
    const bytes = new TextEncoder().encode(JSON.stringify(model.modelJson));
    expect(weightsOf(await readLayers({ modelJson: bytes, weights: new Uint8Array(model.weights) }))).toEqual(wanted);
  });

  it("are functions that read files", async () => {
    const asked: string[] = [];
    const source = await readLayers((path) => {
      asked.push(path);
      return Promise.resolve(path === "model.json" ? new TextEncoder().encode(JSON.stringify(sharded)) : shards[path]!);
    });
    expect(weightsOf(source)).toEqual(wanted);
    expect(asked).toEqual(["model.json", "a 1.bin", "b/2.bin"]);
  });

  it("are nothing else", async () => {
    for (const junk of [3, null, undefined, {}, []] as never[])
      await expect(readLayers(junk)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("quantised weights", () => {
  const quantised = async (quantization: object, bytes: Uint8Array | Uint16Array): Promise<number[]> => {
    const [kernel, bias] = group!.weights;
    const weights = [{ ...bias! }, { ...kernel!, quantization }];
    const biases = new Uint8Array(model.weights, model.weights.byteLength - 8);
    const all = new Uint8Array(8 + bytes.byteLength);
    all.set(biases);
    all.set(new Uint8Array(bytes.buffer), 8);
    const modelJson = { ...model.modelJson, weightsManifest: [{ paths: ["w"], weights }] };
    return weightsOf(await readLayers({ modelJson, weights: all })).slice(0, 32);
  };
  const steps = Array.from({ length: 32 }, (_, at) => 7 * at);

  it("are a least value and steps, or halves", async () => {
    const scaled = steps.map((step) => Math.fround(step * 0.1 - 3));
    expect(await quantised({ dtype: "uint8", scale: 0.1, min: -3 }, Uint8Array.from(steps))).toEqual(scaled);
    expect(await quantised({ dtype: "uint16", scale: 0.1, min: -3 }, Uint16Array.from(steps))).toEqual(scaled);
    const halves = Uint16Array.from(steps, (step) => 0x3c00 + step);
    expect(await quantised({ dtype: "float16" }, halves)).toEqual(Array.from(halves, float16Value));
  });
});
