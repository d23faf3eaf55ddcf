// The entry `convoke/tfjs`: importing it makes the engine compute the convolutions of TensorFlow.js' WebGPU backend.
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import {
  type KernelConfig,
  engine,
  getKernel,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { ConvError } from "../base/error.ts";
import { describeAdapter } from "../gpu/adapter.ts";
import { findAdapter, requestDevice } from "../gpu/device.ts";
import type { Platform } from "../planner/adapter.ts";
import { BACKEND, type Backend, checkVersion } from "./backend.ts";
import { convolutions } from "./convolutions.ts";
import type { KernelCall } from "./kernel.ts";
import { others } from "./others.ts";
import { platformWithDrafts } from "./platform.ts";
import { poolings } from "./pooling.ts";
import { products } from "./products.ts";
import { Session } from "./session.ts";

/** Calls of a kernel since the module was imported. */
export interface Calls {
  /** Computed by the engine. */
  served: number;
  /** Left to the kernel that was there. */
  passedOn: number;
}

const calls: Record<string, Calls> = {};
/** The kernels that were there, by name. */
const replaced = new Map<string, KernelConfig>();
const sessions = new Map<Backend, Session>();
/** Of backends that were opened here, whose device has draft features. */
const platforms = new WeakMap<Backend, Platform>();

/**
 * Returns how many calls of each kernel the engine served since the import, by its name in TensorFlow.js.
 * @example
 * statistics().Conv2D; // { served: 53, passedOn: 0 }
 */
export function statistics(): Readonly<Record<string, Readonly<Calls>>> {
  return structuredClone(calls);
}

/** Returns the bytes of GPU memory beside the tensors of TensorFlow.js: packed filters, scratch memory and uniforms. */
export function memoryBytes(): number {
  return [...sessions.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Registers the kernels, as importing the module does. A second call does nothing.
 * @throws ConvError `unsupported` if another version of TensorFlow.js is loaded than 4.22
 */
export function register(): void {
  if (replaced.size > 0) return;
  checkVersion();
  for (const [name, request] of Object.entries({ ...convolutions, ...products, ...poolings, ...others })) {
    const before = getKernel(name, BACKEND);
    if (!before) continue;
    const count = (calls[name] ??= { served: 0, passedOn: 0 });
    replaced.set(name, before);
    unregisterKernel(name, BACKEND);
    registerKernel({
      ...before,
      kernelFunc: (call) => {
        const result = sessionOf(call.backend as Backend).run(name, request(call as unknown as KernelCall));
        count[result ? "served" : "passedOn"]++;
        return (result as ReturnType<typeof before.kernelFunc> | undefined) ?? before.kernelFunc(call);
      },
      disposeFunc: (backend) => {
        before.disposeFunc?.(backend);
        close(backend as Backend);
      },
    });
  }
}

/** Puts the kernels back that were there, and frees the memory of the engine. Tensors stay as they are. */
export function unregister(): void {
  for (const [name, before] of replaced) {
    unregisterKernel(name, BACKEND);
    registerKernel(before);
  }
  replaced.clear();
  for (const backend of [...sessions.keys()]) close(backend);
}

/**
 * Opens the backend "webgpu" on a device with all that the engine can use, and makes it TensorFlow.js' backend. The one that TensorFlow.js opens
 * itself has neither half precision nor subgroups.
 * @throws ConvError (as a rejection) `no-webgpu`, `no-adapter` or `no-device`; `invalid-argument` if the backend is open and has tensors
 * @example
 * import * as tf from "@tensorflow/tfjs";
 * import { createBackend } from "convoke/tfjs";
 * await createBackend();
 */
export async function createBackend(): Promise<WebGPUBackend> {
  checkVersion();
  const adapter = await findAdapter();
  const [device, platform] = await Promise.all([
    // What TensorFlow.js itself asks for.
    requestDevice(adapter, { features: ["bgra8unorm-storage"], limits: ["maxComputeWorkgroupsPerDimension"] }),
    platformWithDrafts(describeAdapter(adapter.info), adapter.info),
  ]);
  const { registry, registryFactory } = engine();
  const open = registry[BACKEND] as unknown as Backend | undefined;
  if (open && open.numDataIds() > 0) {
    device.destroy();
    throw new ConvError(
      "invalid-argument",
      `createBackend: got an open backend "${BACKEND}" with tensors, expected none before the first tensor`,
    );
  }
  if (open || BACKEND in registryFactory) removeBackend(BACKEND);
  const backend = new WebGPUBackend(device, adapter.info);
  platforms.set(backend as unknown as Backend, platform);
  registerBackend(BACKEND, () => backend, PRIORITY);
  await setBackend(BACKEND);
  return backend;
}

/** The priority under which TensorFlow.js registers the backend. */
const PRIORITY = 3;

function sessionOf(backend: Backend): Session {
  let session = sessions.get(backend);
  if (!session) sessions.set(backend, (session = new Session(backend, platforms.get(backend))));
  return session;
}

function close(backend: Backend): void {
  sessions.get(backend)?.destroy();
  sessions.delete(backend);
}

register();
