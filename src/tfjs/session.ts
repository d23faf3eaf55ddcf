// Session: the engine on the device of a backend of TensorFlow.js, with the routines compiled so far. Runs are recorded on the backend's own
// encoder, among its own dispatches, so that nothing is submitted that the backend would not submit anyway.
import { env } from "@tensorflow/tfjs-core";
import { ConvError } from "../base/error.ts";
import { PlanCache } from "../conv/plan-cache.ts";
import { describeAdapter } from "../gpu/adapter.ts";
import { GpuContext } from "../gpu/context.ts";
import { LruCache } from "../gpu/lru-cache.ts";
import { TensorStorage } from "../gpu/memory.ts";
import type { Platform } from "../planner/adapter.ts";
import type { TuningTable } from "../planner/tuning.ts";
import type { Backend, DataId, TensorInfo } from "./backend.ts";
import type { Request } from "./kernel.ts";
import { platformOf } from "./platform.ts";
import { Routine } from "./routine.ts";

/** Compiled routines, and characters of their keys; the least recently used is dropped first. */
const MAX_ROUTINES = 512;
const MAX_CHARACTERS = 2 ** 20;

/** Nothing is measured: plans are ranked by estimate. */
const UNTUNED = { rates: undefined, lookUp: () => [] } as unknown as TuningTable;

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
    const platform = given ?? platformOf(adapter);
    this.#gpu = new GpuContext(backend.device, false, platform.traits.gpu === "software");
    this.#gpu.memory.beforeFree = () => this.#flush();
    this.#gpu.attach(new PlanCache(this.#gpu, platform, UNTUNED));
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
    if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    if (env().getBool("WEBGPU_ENGINE_COMPILE_ONLY")) return this.#prepare(`${name} ${key}`, define);
    const ready = this.#routineOf(`${name} ${key}`, define);
    if (ready === REFUSED) return undefined;
    const buffers = inputs.map(({ dataId }) => this.#bufferOf(dataId));
    if (buffers.includes(undefined)) return undefined;
    const output = this.#create(ready.shape);
    try {
      const { routine, weights } = ready;
      const record = (): void =>
        routine.run({
          inputs: buffers as GPUBuffer[],
          output: this.#bufferOf(output.dataId)!,
          kept: weights === undefined ? undefined : this.#keptWith(inputs[weights]!.dataId),
          pass: () => this.#pass(),
        });
      if (this.#backend.activeTimers) this.#timed(name, record);
      else record();
      // The set of the encoder that is open now: a run that frees memory submits what was open before.
      for (const { dataId } of [...inputs, output]) this.#backend.commandQueueOwnedIds.add(dataId);
      this.#advance(routine.dispatches);
    } catch (error) {
      this.#backend.disposeData(output.dataId);
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

  #create(shape: number[]): TensorInfo {
    const output = this.#backend.makeTensorInfo(shape, "float32");
    this.#backend.uploadToGPU(output.dataId);
    return output;
  }

  /** The open pass of the backend's encoder. */
  #pass(): GPUComputePassEncoder {
    const backend = this.#backend;
    backend.ensureCommandEncoderReady();
    return (backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass());
  }

  /** Records a run in a pass of its own and has the backend take its time, as it does for its own programs. */
  #timed(name: string, record: () => void): void {
    const backend = this.#backend;
    backend.endComputePassEncoder();
    if (backend.supportTimestampQuery) {
      backend.querySet ??= backend.device.createQuerySet({ type: "timestamp", count: backend.querySetCount });
      const timestampWrites = { querySet: backend.querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
      backend.ensureCommandEncoderReady();
      backend.computePassEncoder = backend.commandEncoder!.beginComputePass({ timestampWrites });
    }
    record();
    backend.endComputePassEncoder();
    backend.activeTimers!.push({ name: `Convoke ${name}`, query: backend.getQueryTime() });
  }

  /** Compiles for a call without blocking the page, and computes nothing: the backend awaits the pipelines among its own. */
  #prepare(key: string, define: Request["define"]): TensorInfo | undefined {
    const definition = define();
    if (!definition) return undefined;
    try {
      this.#backend.pipelineCache[`convoke ${key}`] = Routine.prepare(this.#gpu, definition);
    } catch (error) {
      if (error instanceof ConvError) return undefined;
      throw error;
    }
    return this.#create(definition.shape);
  }

  /** Submits once there are as many calls as the backend submits at once: each of its own is one dispatch. A call of as many dispatches is submitted by itself. */
  #advance(dispatches: number): void {
    const backend = this.#backend;
    const batch = env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE");
    backend.dispatchCountInPass += dispatches < batch ? 1 : batch;
    if (backend.dispatchCountInPass >= batch) this.#flush();
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
