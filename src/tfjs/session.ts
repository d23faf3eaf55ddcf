// Session: the engine on the device of a backend of TensorFlow.js, with the routines compiled so far. Runs are recorded on the backend's own
// encoder, among its own dispatches, so that nothing is submitted that the backend would not submit anyway.
import { env } from "@tensorflow/tfjs-core";
import { ConvError } from "../base/error.ts";
import { PlanCache } from "../conv/plan-cache.ts";
import { GpuContext } from "../gpu/context.ts";
import { LruCache } from "../gpu/lru-cache.ts";
import { TensorStorage } from "../gpu/memory.ts";
import { type Platform, describeAdapter, isSoftware } from "../planner/adapter.ts";
import { hardware } from "../planner/hardware.ts";
import { softwarePlatform } from "../planner/platform.ts";
import { TuningTable, environmentOf } from "../planner/tuning.ts";
import type { Backend, DataId, TensorInfo } from "./backend.ts";
import type { Request } from "./kernel.ts";
import { Routine } from "./routine.ts";

/** Compiled routines, and characters of their keys; the least recently used is dropped first. */
const MAX_ROUTINES = 512;
const MAX_CHARACTERS = 2 ** 20;

/** A routine with the shape of its result. */
interface Ready {
  readonly routine: Routine;
  readonly shape: number[];
  readonly weights: number | undefined;
}

/** The kernel that was there has to compute it. */
const REFUSED = "refused";

export class Session {
  readonly #backend: Backend;
  readonly #gpu: GpuContext;
  readonly #ready = new LruCache<Ready | typeof REFUSED>(MAX_ROUTINES, MAX_CHARACTERS, (ready) => {
    if (ready !== REFUSED) ready.routine.destroy();
  });
  /** What is computed from weights, by their data. */
  readonly #kept = new Map<DataId, TensorStorage>();
  #generation = 0;

  constructor(backend: Backend, given?: Platform) {
    this.#backend = backend;
    const adapter = describeAdapter(backend.device.adapterInfo);
    const platform = given ?? (isSoftware(adapter) ? softwarePlatform : hardware(adapter));
    this.#gpu = new GpuContext(backend.device);
    this.#gpu.memory.beforeFree = () => this.#flush();
    this.#gpu.attach(new PlanCache(this.#gpu, platform, new TuningTable(environmentOf(adapter))));
    const release = backend.releaseResource.bind(backend);
    // The backend calls it after the submit of the last work that uses the data.
    backend.releaseResource = (dataId) => {
      this.#forget(dataId);
      release(dataId);
    };
  }

  /** Bytes of GPU memory beside the tensors of TensorFlow.js: prepacked weights, scratch memory, uniforms. */
  get bytes(): number {
    return this.#gpu.memory.report().total;
  }

  /** Records a call and returns its result; undefined if the engine does not serve it. */
  run(name: string, { key, inputs, define }: Request): TensorInfo | undefined {
    const backend = this.#backend;
    if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    const ready = this.#routineOf(`${name} ${key}`, define);
    if (ready === REFUSED) return undefined;
    const buffers = inputs.map(({ dataId }) => this.#bufferOf(dataId));
    if (buffers.includes(undefined)) return undefined;
    const output = backend.makeTensorInfo(ready.shape, "float32");
    try {
      backend.uploadToGPU(output.dataId);
      const { routine, weights } = ready;
      this.#record(
        routine,
        buffers as GPUBuffer[],
        output,
        weights === undefined ? undefined : inputs[weights]!.dataId,
      );
      for (const { dataId } of inputs) backend.commandQueueOwnedIds.add(dataId);
      backend.commandQueueOwnedIds.add(output.dataId);
      this.#advance(routine.dispatches);
    } catch (error) {
      backend.disposeData(output.dataId);
      throw error;
    }
    return output;
  }

  /** Frees all memory. What is recorded is submitted. */
  destroy(): void {
    this.#flush();
    delete (this.#backend as Partial<Backend>).releaseResource;
    this.#ready.clear();
    this.#gpu.destroy();
  }

  #routineOf(key: string, define: Request["define"]): Ready | typeof REFUSED {
    if (this.#generation !== this.#gpu.generation) this.#renew();
    let ready = this.#ready.get(key);
    if (ready === undefined) {
      ready = this.#compile(key, define);
      this.#ready.set(key, ready);
    }
    return ready;
  }

  #compile(key: string, define: Request["define"]): Ready | typeof REFUSED {
    const definition = define();
    if (!definition) return REFUSED;
    const { errors } = this.#gpu;
    const { shape, weights } = definition;
    try {
      const routine = errors.run(key, () => new Routine(this.#gpu, definition));
      // What the GPU refuses, the kernel that was there computes from then on.
      errors.settle().catch((error: unknown) => {
        console.warn(`convoke/tfjs: ${String(error)}`);
        this.#ready.set(key, REFUSED);
      });
      return { routine, shape, weights };
    } catch (error) {
      if (error instanceof ConvError) return REFUSED;
      throw error;
    }
  }

  #record(routine: Routine, inputs: GPUBuffer[], output: TensorInfo, weights: DataId | undefined): void {
    const backend = this.#backend;
    routine.run({
      inputs,
      output: this.#bufferOf(output.dataId)!,
      kept: weights && this.#keptWith(weights),
      pass: () => {
        backend.ensureCommandEncoderReady();
        return (backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass());
      },
    });
  }

  /** Counts dispatches, and submits once there are as many as the backend submits at once. */
  #advance(dispatches: number): void {
    const backend = this.#backend;
    backend.dispatchCountInPass += dispatches;
    if (backend.dispatchCountInPass >= env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) this.#flush();
  }

  /** The buffer of data, uploaded if necessary; undefined if it is no buffer of floats. */
  #bufferOf(dataId: DataId): GPUBuffer | undefined {
    const { tensorMap } = this.#backend;
    this.#backend.uploadToGPU(dataId);
    const { dtype, resource } = tensorMap.get(dataId);
    return dtype === "float32" && resource instanceof GPUBuffer ? resource : undefined;
  }

  #keptWith(dataId: DataId): TensorStorage {
    let kept = this.#kept.get(dataId);
    if (!kept) {
      kept = new TensorStorage(this.#gpu, this.#bufferOf(dataId)!, false);
      this.#kept.set(dataId, kept);
    }
    return kept;
  }

  #forget(dataId: DataId): void {
    this.#kept.get(dataId)?.freePrepared();
    this.#kept.delete(dataId);
  }

  /** After an error that may have invalidated them, everything is made again. */
  #renew(): void {
    this.#generation = this.#gpu.generation;
    this.#ready.clear();
    for (const dataId of [...this.#kept.keys()]) this.#forget(dataId);
  }

  /** Submits what the backend has recorded. */
  #flush(): void {
    const backend = this.#backend;
    if (!backend.commandEncoder) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}
