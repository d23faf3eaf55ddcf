// The browser's side of `npm start`: decodes the photograph, runs, checks and times one filter by one algorithm on request, and encodes pictures.
// Node (run.ts) makes the requests, prints and writes files.
import { ConvError, type ConvPlan, type ConvProblem, type Engine, type Tensor, createEngine } from "convoke";
import { convProblem, forwardSum } from "convoke/reference";
import { answer } from "../../scripts/harness/answer.ts";
import { fetchNetwork } from "../upscale/files.ts";
import { upscale } from "../upscale/upscale.mjs";
import { checkResult } from "./check.ts";
import { FILTERS, type Filter } from "./filters.ts";
import { timeRun } from "./measure.ts";
import { type Picture, pictureOf, planesOf } from "./pictures.ts";
import type { Measured, Opened, PhotoPage, Refused } from "./protocol.ts";

/** Larger photographs are shrunk to this size, at which the CPU reference takes seconds. */
const MAX_PIXELS = 600 * 400;

/** AlexNet's first layer has an output from 7x7 on; smaller photographs give no picture. */
const MIN_SIDE = 16;

/** The most pixels of the photograph that are made twice as large, across and down. */
const ENLARGED = [144, 96] as const;

interface Photo {
  readonly width: number;
  readonly height: number;
  readonly planes: Float32Array;
}

/** The current filter: its reference, and its first result. */
interface Prepared {
  readonly filter: Filter;
  readonly problem: ConvProblem;
  readonly reference: Float64Array;
  readonly magnitudes: Float64Array;
  result: Float32Array | null;
}

let engine: Engine;
let photo: Photo;
let prepared: Prepared;
const trouble: string[] = [];

async function decode(): Promise<{ bitmap: ImageBitmap; scale: number }> {
  const file = await (await fetch("/photo")).blob();
  const bitmap = await createImageBitmap(file).catch((error: unknown) => {
    throw new Error("the file is no picture that a browser can decode (PNG, JPEG, WebP, ...)", { cause: error });
  });
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (bitmap.width * bitmap.height)));
  const shortest = Math.floor(scale * Math.min(bitmap.width, bitmap.height));
  if (shortest < MIN_SIDE) {
    const shrunk = scale < 1 ? `, ${shortest} pixels on the shorter side once shrunk` : "";
    throw new Error(
      `the photograph is ${bitmap.width}x${bitmap.height}${shrunk}; expected at least ${MIN_SIDE}x${MIN_SIDE}`,
    );
  }
  return { bitmap, scale };
}

/** The picture's three planes from 0 to 1; transparent pixels become white. */
function planes(bitmap: ImageBitmap, scale: number): Photo {
  const [width, height] = [Math.floor(bitmap.width * scale), Math.floor(bitmap.height * scale)];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return { width, height, planes: planesOf(context.getImageData(0, 0, width, height).data, width * height) };
}

async function open(): Promise<Opened> {
  const { bitmap, scale } = await decode();
  photo = planes(bitmap, scale);
  engine = await createEngine();
  engine.device.addEventListener("uncapturederror", (event) => trouble.push(event.error.message));
  void engine.device.lost.then(({ reason, message }) => {
    if (reason !== "destroyed") trouble.push(`the GPU device was lost: ${message}`);
  });
  const { vendor, architecture, device, description, isFallback } = engine.info.adapter;
  return {
    adapter: { vendor, architecture, device, description, isFallback },
    width: photo.width,
    height: photo.height,
    shrunkFrom: scale < 1 ? [bitmap.width, bitmap.height] : null,
    features: engine.info.features,
    algorithms: engine.algorithms.filter(({ passes }) => passes.includes("forward")).map(({ name }) => name),
  };
}

function descriptorOf(filter: Filter): Parameters<typeof convProblem>[1] {
  return {
    inputShape: [1, 3, photo.height, photo.width],
    kernelShape: filter.kernelShape,
    ...filter.geometry,
  };
}

async function prepare(index: number): Promise<null> {
  const filter = FILTERS[index]!;
  const problem = convProblem("forward", descriptorOf(filter));
  const reference = forwardSum(problem, photo.planes, filter.kernel);
  // No pixel is negative, so if no weight is either, the sum of magnitudes is the sum itself.
  const magnitudes = filter.kernel.every((weight) => weight >= 0)
    ? reference
    : forwardSum(problem, photo.planes, filter.kernel.map(Math.abs));
  prepared = { filter, problem, reference, magnitudes, result: null };
  return null;
}

async function run(algorithm: string): Promise<Measured | Refused> {
  let plan: ConvPlan;
  try {
    plan = await engine.plan("forward", descriptorOf(prepared.filter), { algorithm });
  } catch (error) {
    if (error instanceof ConvError && error.code === "unsupported") return { refused: error.message };
    throw error;
  }
  const x = engine.tensor(photo.planes, [1, 3, photo.height, photo.width]);
  const w = engine.tensor(prepared.filter.kernel, prepared.filter.kernelShape);
  try {
    return await checkAndTime(plan, x, w);
  } finally {
    x.destroy();
    w.destroy();
    plan.destroy();
  }
}

/** Products in one sum. */
function termsOf({ C, groups, kernel }: ConvProblem): number {
  return (C / groups) * kernel.reduce((product, size) => product * size, 1);
}

async function checkAndTime(plan: ConvPlan, x: Tensor, w: Tensor): Promise<Measured> {
  const { problem, reference, magnitudes } = prepared;
  const y = plan.run({ x, w });
  const values = await y.read();
  y.destroy();
  prepared.result ??= values;
  const spreads = plan.errorSpread.some((extent) => extent > 0);
  const check = checkResult(values, reference, magnitudes, termsOf(problem), plan.errorGrowth, spreads);
  const { queue } = engine.device;
  const ms = await timeRun(
    () => plan.run({ x, w }).destroy(),
    () => queue.onSubmittedWorkDone(),
  );
  return { ms, gflops: plan.flops / (ms * 1e6), workspaceBytes: plan.workspaceBytes, ...check };
}

async function encodePng({ width, height, rgba }: Picture): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  let text = "";
  const piece = 0x8000; // The number of arguments of a call is limited.
  for (let at = 0; at < bytes.length; at += piece) text += String.fromCharCode(...bytes.subarray(at, at + piece));
  return btoa(text);
}

async function picture(): Promise<string | null> {
  const { filter, problem, result } = prepared;
  if (!result) return null;
  const [, height, width] = problem.output;
  return encodePng(pictureOf(filter.picture, result, width, height));
}

async function upscaled(): Promise<string> {
  const [width, height] = [Math.min(photo.width, ENLARGED[0]), Math.min(photo.height, ENLARGED[1])];
  const { bitmap } = await decode();
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(bitmap, -Math.floor((bitmap.width - width) / 2), -Math.floor((bitmap.height - height) / 2));
  const { data, ...size } = await upscale(engine, context.getImageData(0, 0, width, height), {
    network: await fetchNetwork(),
  });
  return encodePng({ ...size, rgba: data });
}

async function close(): Promise<readonly string[]> {
  // GPU errors only arrive once the queue has reached them.
  await engine.device.queue.onSubmittedWorkDone();
  engine.destroy();
  return trouble;
}

const page: PhotoPage = {
  open: () => answer(open),
  prepare: (filter) => answer(() => prepare(filter)),
  run: (algorithm) => answer(() => run(algorithm)),
  picture: () => answer(picture),
  upscale: () => answer(upscaled),
  close: () => answer(close),
};
window.photo = page;
