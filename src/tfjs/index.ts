// The entry `convoke/tfjs`: importing it makes the engine compute the convolutions of TensorFlow.js' WebGPU backend.
import { type KernelConfig, getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { BACKEND, type Backend, checkVersion } from "./backend.ts";
import { convolutions } from "./convolutions.ts";
import type { KernelCall } from "./kernel.ts";
import { Session } from "./session.ts";

/** Calls of a kernel since it was registered first. */
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

/** Calls of each kernel since the import: those the engine computed, and those it left to the kernel that was there. */
export function statistics(): Readonly<Record<string, Readonly<Calls>>> {
  return structuredClone(calls);
}

/**
 * Registers the kernels, as importing the module does. A second call does nothing.
 * @throws ConvError `unsupported` if another version of TensorFlow.js is loaded than 4.22, or its WebGPU backend is not
 */
export function register(): void {
  if (replaced.size > 0) return;
  checkVersion();
  for (const [name, request] of Object.entries(convolutions)) {
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

/** Puts the kernels back that were there, and frees the memory of the engine. */
export function unregister(): void {
  for (const [name, before] of replaced) {
    unregisterKernel(name, BACKEND);
    registerKernel(before);
  }
  replaced.clear();
  for (const backend of [...sessions.keys()]) close(backend);
}

function sessionOf(backend: Backend): Session {
  let session = sessions.get(backend);
  if (!session) sessions.set(backend, (session = new Session(backend)));
  return session;
}

function close(backend: Backend): void {
  sessions.get(backend)?.destroy();
  sessions.delete(backend);
}

register();
