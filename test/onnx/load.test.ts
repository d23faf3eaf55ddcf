// Files from wherever they are: addresses, responses, streams, blobs and bytes, with the files that tensors are in; progress and signals.
import { afterEach, describe, expect, test, vi } from "vitest";
import { type OnnxInput, readOnnx } from "../../src/onnx/load.ts";
import { type FieldOf, input, message, model, node, output, tensor } from "./encode.ts";
import { rejectionOf } from "./thrown.ts";

const NODES: readonly FieldOf[] = [
  input("x", [2]),
  output("y", [2]),
  node({ operator: "Add", inputs: ["x", "b"], outputs: ["y"] }),
];
const own = (...fields: readonly FieldOf[]): FieldOf => tensor("b", [2], 1, ...fields);
const BYTES = model([...NODES, own([9, new Uint8Array(Float32Array.of(1.5, -2).buffer)])]);

/** The constant that the model adds, which shows that it was read. */
async function constantOf(given: OnnxInput, options: Parameters<typeof readOnnx>[1] = {}): Promise<number[]> {
  const source = await readOnnx(given, options);
  const [addition] = source.graph({}).nodes;
  return Array.from(addition!.inputs["b"]!.data!);
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

describe("reads a model from", () => {
  const shifted = new Uint8Array(BYTES.length + 3);
  shifted.set(BYTES, 3);
  const shared = new Uint8Array(new SharedArrayBuffer(BYTES.length));
  shared.set(BYTES);
  test.each<[string, () => OnnxInput]>([
    ["bytes", () => BYTES],
    ["an ArrayBuffer", () => BYTES.buffer],
    ["bytes that are not aligned", () => shifted.subarray(3)],
    ["shared memory", () => shared],
    ["a Blob", () => new Blob([BYTES])],
    ["a response", () => new Response(BYTES)],
    ["a stream", () => streamOf(BYTES.subarray(0, 10), BYTES.subarray(10))],
    ["an address", () => `data:application/octet-stream;base64,${btoa(String.fromCodePoint(...BYTES))}`],
    ["a URL", () => new URL(`data:application/octet-stream;base64,${btoa(String.fromCodePoint(...BYTES))}`)],
  ])("%s", async (_, given) => {
    expect(await constantOf(given())).toEqual([1.5, -2]);
  });
});

describe("refuses", () => {
  test.each<[string, unknown, object, string, string]>([
    ["what is no file", 5, {}, "invalid-argument", "model: got 5"],
    ["what is no address", "http://", {}, "invalid-argument", "model"],
    ["a response of an error", new Response("none", { status: 404 }), {}, "invalid-model", "the status 404"],
    ["an unknown option", BYTES, { type: "f32" }, "unknown-option", "type"],
    ["an unknown element type", BYTES, { dtype: "i8" }, "invalid-argument", "dtype"],
    ["progress that is no function", BYTES, { progress: 1 }, "invalid-argument", "progress"],
    ["a signal that is none", BYTES, { signal: 1 }, "invalid-argument", "signal"],
  ])("%s", async (_, given, options, code, text) => {
    const error = await rejectionOf(readOnnx(given as OnnxInput, options));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
  });

  test("a stream that is read elsewhere", async () => {
    const stream = streamOf(BYTES);
    stream.getReader();
    expect((await rejectionOf(readOnnx(stream))).code).toBe("invalid-argument");
  });

  test("a stream that breaks off", async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("the network is down")),
    });
    expect(await rejectionOf(readOnnx(stream))).toMatchObject({
      code: "invalid-model",
      message: expect.stringContaining("the network is down") as string,
    });
  });
});

describe("progress", () => {
  test("counts bytes, of all where the sender says it", async () => {
    const seen: unknown[] = [];
    const headers = { "content-length": String(BYTES.length) };
    const response = new Response(streamOf(BYTES.subarray(0, 10), BYTES.subarray(10)), { headers });
    await readOnnx(response, { progress: (now) => seen.push(now) });
    expect(seen).toEqual([
      { loadedBytes: 10, totalBytes: BYTES.length },
      { loadedBytes: BYTES.length, totalBytes: BYTES.length },
    ]);
  });

  test("says no total of a compressed body", async () => {
    const seen: unknown[] = [];
    const headers = { "content-length": "7", "content-encoding": "gzip" };
    await readOnnx(new Response(streamOf(BYTES), { headers }), { progress: (now) => seen.push(now) });
    expect(seen).toEqual([{ loadedBytes: BYTES.length }]);
  });
});

describe("a signal", () => {
  test("that has aborted stops it before it begins", async () => {
    await expect(readOnnx(BYTES, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });

  test("ends the wait for a stream that stalls, and cancels it", async () => {
    const controller = new AbortController();
    const cancelled = vi.fn<() => void>();
    const stalled = new ReadableStream<Uint8Array>({ cancel: cancelled });
    const reading = readOnnx(stalled, { signal: controller.signal });
    controller.abort("enough");
    await expect(reading).rejects.toBe("enough");
    expect(cancelled).toHaveBeenCalled();
  });

  test("is passed to the download", async () => {
    const fetched = vi.fn<typeof fetch>((_, init) => {
      return new Promise((_resolve, reject) => {
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error));
      });
    });
    vi.stubGlobal("fetch", fetched);
    const controller = new AbortController();
    const reading = readOnnx("https://example.com/model.onnx", { signal: controller.signal });
    controller.abort("enough");
    await expect(reading).rejects.toBe("enough");
  });
});

describe("tensors in other files", () => {
  const place = (...entries: readonly (readonly [string, string])[]): FieldOf[] => [
    [14, 1],
    ...entries.map(([key, value]): FieldOf => [13, message([1, key], [2, value])]),
  ];
  const located = (...entries: readonly (readonly [string, string])[]): Uint8Array<ArrayBuffer> =>
    model([...NODES, own(...place(["location", "weights/a b.bin"], ...entries))]);
  const numbers = new Uint8Array(Float32Array.of(9, 1.5, -2, 9).buffer);

  test("are given by a function", async () => {
    const externalData = vi.fn<(path: string) => OnnxInput>(() => numbers);
    const bytes = located(["offset", "4"], ["length", "8"]);
    expect(await constantOf(bytes, { externalData })).toEqual([1.5, -2]);
    expect(externalData.mock.calls).toEqual([["weights/a b.bin"]]);
    expect(await constantOf(located(), { externalData: async () => numbers.subarray(4, 12) })).toEqual([1.5, -2]);
  });

  test("are downloaded from beside the model", async () => {
    const fetched = vi.fn<(address: URL) => Promise<Response>>(async ({ pathname }) =>
      pathname.endsWith(".onnx") ? new Response(located(["offset", "4"], ["length", "8"])) : new Response(numbers),
    );
    vi.stubGlobal("fetch", fetched);
    expect(await constantOf("https://example.com/models/m.onnx?key=1")).toEqual([1.5, -2]);
    const addresses = fetched.mock.calls.map(([address]) => address.href);
    expect(addresses.at(-1)).toBe("https://example.com/models/weights/a%20b.bin?key=1");
  });

  test.each<[string, Uint8Array<ArrayBuffer>, object, string]>([
    ["nobody has", located(), {}, "externalData: got undefined"],
    ["end before", located(["offset", "12"], ["length", "8"]), { externalData: () => numbers }, "bytes 12 to 20"],
    ["begin nowhere", located(["offset", "x"]), { externalData: () => numbers }, "bytes x"],
    ["hold too few numbers", located(["length", "4"]), { externalData: () => numbers }, "got 4 bytes, expected 8"],
  ])("are refused where they %s", async (_, bytes, options, text) => {
    expect((await rejectionOf(readOnnx(bytes, options))).message).toContain(text);
  });
});

test("half-precision models have half-precision values throughout", async () => {
  const source = await readOnnx(BYTES, { dtype: "f16" });
  expect([source.inputs[0]!.dtype, source.outputs[0]!.dtype]).toEqual(["f16", "f16"]);
  const { nodes } = source.graph({});
  expect([nodes[0]!.inputs["b"]!.dtype, nodes[0]!.outputs[0]!.dtype]).toEqual(["f16", "f16"]);
});
