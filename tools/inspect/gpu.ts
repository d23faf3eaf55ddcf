// The GPU that is not there (tools/null-gpu): opens it as the engine does, and compiles kernels, of which its driver writes down what they became.
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { type OpenedDevice, openDevice } from "../../src/gpu/device.ts";
import { readAmd } from "./amd.ts";
import type { Hot } from "./counts.ts";
import { readIntel } from "./intel.ts";

/** What a compiler made of a kernel. */
export interface Compiled {
  /** Lanes of a subgroup. */
  readonly lanes: number;
  /** Registers of 32 bits that a lane takes; Intel's are all taken. */
  readonly registers?: number;
  /** Registers moved to memory where there were too few, and how often they were loaded back; AMD counts no loads. */
  readonly spills: number;
  readonly fills: number;
  /** Bytes of memory that a lane has for arrays and spilled registers. */
  readonly scratchBytes: number;
  readonly workgroupBytes: number;
  readonly hot: Hot;
  readonly assembly: string;
}

/** One of the forms in which a driver reports a pipeline; Intel's has one for each size of subgroup that was tried. */
interface Executable {
  readonly subgroupSize: number;
  readonly statistics: Readonly<Record<string, number>>;
  readonly code: Readonly<Record<string, string>>;
}

function summaryOf(executables: readonly Executable[]): Compiled {
  const { subgroupSize: lanes, statistics, code } = executables.at(-1)!;
  const number = (name: string): number => statistics[name] ?? 0;
  const gen = code["GEN Assembly"];
  if (gen !== undefined)
    return {
      lanes,
      spills: number("Spill Count"),
      fills: number("Fill Count"),
      scratchBytes: number("Scratch Memory Size"),
      workgroupBytes: number("Workgroup Memory Size"),
      hot: readIntel(gen),
      assembly: gen,
    };
  const assembly = code["Assembly"] ?? "";
  return {
    lanes,
    registers: number("VGPRs"),
    spills: number("Spilled VGPRs"),
    fills: 0,
    scratchBytes: number("Scratch size"),
    workgroupBytes: number("LDS size"),
    hot: readAmd(assembly),
    assembly,
  };
}

/** Where the driver writes: a line of JSON for each pipeline (tools/null-gpu/environment.mjs). */
const RECORDS = process.env["NULL_ICD_OUT"] ?? "";
let read = 0;

/** Returns what was compiled since the last call, the oldest first. */
export function compiledSince(): Compiled[] {
  if (!existsSync(RECORDS)) return [];
  const file = openSync(RECORDS, "r");
  const fresh = Buffer.alloc(fstatSync(file).size - read);
  readSync(file, fresh, 0, fresh.length, read);
  closeSync(file);
  read += fresh.length;
  const lines = fresh.toString("utf8").split("\n").filter(Boolean);
  return lines.map((line) => summaryOf(JSON.parse(line) as Executable[]));
}

/** How Dawn is opened; by default as on this GPU's own drivers in Chrome. */
export interface NullGpuOptions {
  /** Clamp indices into storage buffers in the shader, as on Metal and Direct3D; Mesa's drivers have the hardware check them. */
  readonly clamp: boolean;
  /** Open the device without the feature by which kernels ask for small subgroups, as Chrome before 152 does. */
  readonly largeSubgroups: boolean;
}

/** The implementation lives as long as this reference to it. */
let implementation: GPU | undefined;

/** Opens the GPU with the features and limits that an engine asks for, and puts it where peers look for one. */
export async function openNullGpu({ clamp, largeSubgroups }: NullGpuOptions): Promise<OpenedDevice> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const flags = ["backend=vulkan", "enable-dawn-features=disable_symbol_renaming"];
  if (clamp) flags.push("disable-dawn-features=vulkan_use_buffer_robust_access_2");
  implementation = create(flags);
  const navigator = globalThis.navigator ?? {};
  Object.defineProperty(navigator, "gpu", { value: implementation, configurable: true });
  if (!globalThis.navigator) Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  const adapter = await implementation.requestAdapter();
  if (!adapter) throw new Error("Dawn finds no adapter");
  if (largeSubgroups) {
    const features = new Set(
      [...adapter.features].filter((feature) => feature !== ("subgroup-size-control" as string)),
    );
    Object.defineProperty(adapter, "features", { value: features });
  }
  const opened = await openDevice({ adapter }, async () => {});
  // The first compilation pays for the start of the compilers.
  await compile(opened.device, "@compute @workgroup_size(1) fn main() {}");
  return opened;
}

/** A kernel compiled: what became of it, or why it does not compile. */
export type Outcome = { readonly milliseconds: number } & (
  | { readonly compiled: Compiled }
  | { readonly failed: string }
);

/** Starts to count the processor time of all threads, in milliseconds: that of other programs counts less. */
export function stopwatch(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e3;
  };
}

/** Compiles a kernel at once: Node waits for pipelines that compile asynchronously by asking all the time, which would count as well. */
export async function compile(device: GPUDevice, code: string): Promise<Outcome> {
  compiledSince();
  device.pushErrorScope("validation");
  const spent = stopwatch();
  const module = device.createShaderModule({ code });
  device.createComputePipeline({ layout: "auto", compute: { module } });
  const milliseconds = spent();
  const error = await device.popErrorScope();
  const compiled = compiledSince().at(-1);
  if (compiled && !error) return { milliseconds, compiled };
  const [line] = (error?.message ?? "the driver compiled nothing").split("\n");
  return { milliseconds, failed: line ?? "" };
}
