// Model: a network that runs on an engine. Graphs for inputs of given shapes are made and compiled when they are first needed, and cached.
import type { Dtype, TensorDtype } from "../base/dtype.ts";
import { ConvError, describe, refuse, refuseDestroyed, words } from "../base/error.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import { LruCache } from "../gpu/lru-cache.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { compileGraph } from "./compile.ts";
import type { CompiledGraph } from "./compiled.ts";
import type { ModelSource, ModelTensor } from "./graph.ts";
import { type ModelBuffers, type ModelInputs, checkBuffers, checkInputs, givenShapes } from "./inputs.ts";
import type { CompileProgress } from "./pace.ts";
import type { Picture, TiledData, TiledOptions, TiledOutputs } from "./run-tiled.ts";
import { type Shapes, checkShapes, shapesKey } from "./shapes.ts";
import { SharedWeights } from "./shared-weights.ts";
import type { Tiling } from "./tiling.ts";

/** Loads what divides pictures. */
const loadTiling = () => import("./run-tiled.ts");

/** Options of calls of a model that may have to compile it first. */
export interface CompileOptions {
  /** Called as the compilation goes on. */
  progress?: (progress: CompileProgress) => void;
  /** When it aborts, the promise rejects with its reason. A compilation that another call waits for goes on. */
  signal?: AbortSignal;
}

/** Sets of shapes whose compiled graphs are kept; the least recently used is freed first. */
const MAX_COMPILED = 4;
const MAX_CHARACTERS = 2 ** 20;

/** A compilation in progress, and the calls that wait for it. */
interface Job {
  readonly promise: Promise<CompiledGraph>;
  readonly controller: AbortController;
  readonly progress: Set<(progress: CompileProgress) => void>;
  waiting: number;
  graph?: CompiledGraph;
}

/**
 * A network, on the GPU of an engine. Created by `loadOnnx` and `loadLayers`.
 * @example
 * const model = await loadOnnx(engine, "model.onnx");
 * const { output } = await model.run({ input: x });
 */
export class Model {
  /** The tensors it takes: names, shapes (open sizes by their names), element types and layouts. */
  readonly inputs: readonly ModelTensor[];
  /** The tensors it returns. */
  readonly outputs: readonly ModelTensor[];
  readonly #engine: Engine;
  readonly #source: ModelSource;
  readonly #weights: SharedWeights;
  readonly #compiled: LruCache<CompiledGraph>;
  readonly #jobs = new Map<string, Job>();
  /** Graphs recorded on encoders of the caller, which may yet be submitted: they are not freed before the model. */
  readonly #recorded = new Set<CompiledGraph>();
  /** Graphs that calls wait for. They are freed after those, even if they leave the cache before: many compilations may end at once. */
  readonly #awaited = new Set<CompiledGraph>();
  /** Those of them that have left the cache. */
  readonly #dropped = new Set<CompiledGraph>();
  /** The shapes of the last call. */
  #last: Shapes | undefined;
  /** How pictures are divided, by their shapes. */
  readonly #tilings = new Map<string, Tiling>();
  #destroyed = false;

  /** @internal Use loadOnnx or loadLayers. */
  constructor(engine: Engine, source: ModelSource) {
    this.#engine = engine;
    this.#source = source;
    this.#weights = new SharedWeights(engine.gpu);
    this.inputs = source.inputs;
    this.outputs = source.outputs;
    this.#compiled = new LruCache(MAX_COMPILED, MAX_CHARACTERS, (graph) => {
      if (this.#recorded.has(graph)) return;
      if (this.#awaited.has(graph)) this.#dropped.add(graph);
      else graph.destroy();
    });
  }

  /**
   * Compiles the model for inputs of given shapes, so that the first run need not: plans it, prepares its weights and compiles its kernels, without
   * blocking the page. The last few sets of shapes stay compiled.
   * @param shapes by the names of inputs; those whose sizes are all known may be left out
   * @throws ConvError (as a rejection) if a shape does not fit, a node does not support it or memory runs out; the signal's reason if it aborts
   * @example
   * await model.compile({ input: [1, 3, 224, 224] });
   */
  async compile(shapes: Shapes = {}, options: CompileOptions = {}): Promise<void> {
    this.#alive("compile");
    const checked = checkShapes(this.inputs, checkOptions("shapes", shapes, Object.keys(shapes)));
    await this.#whenReady(checked, checkCompileOptions(options), () => undefined);
  }

  /**
   * Runs the model and returns new tensors by the names of the outputs; nothing waits for the GPU. Compiles it first if it was not compiled for
   * these shapes.
   * @param inputs by name: tensors, or arrays of numbers in row-major order, with their shape as `{ data, shape }` where the model leaves it open
   * @typeParam Outputs the element types of the outputs by name, if they are not all floats: `model.outputs` has them
   * @throws ConvError (as a rejection) naming the input that does not fit; what `compile` throws
   * @example
   * const { output } = await model.run({ input: x });
   * const { scores, places } = await model.run<{ scores: "f32"; places: "u32" }>({ input: x });
   */
  async run<Outputs extends Readonly<Record<string, TensorDtype>> = Record<string, Dtype>>(
    inputs: ModelInputs,
    options: CompileOptions = {},
  ): Promise<{ [Name in keyof Outputs]: Tensor<Outputs[Name]> }> {
    this.#alive("run");
    const given = checkInputs(this.#engine, this.inputs, inputs);
    try {
      const checked = checkCompileOptions(options);
      return await this.#whenReady(
        given.shapes,
        checked,
        (graph) => graph.run(given.buffers()) as { [Name in keyof Outputs]: Tensor<Outputs[Name]> },
      );
    } finally {
      given.release();
    }
  }

  /**
   * Records a run on the caller's encoder, outside any pass; the caller submits. Inputs have the shapes of the tensors given; those given as buffers
   * have the shapes of the last call. The model must be compiled for them.
   * @param buffers by the names of inputs and outputs
   * @throws ConvError if it is not compiled, or if a tensor does not fit, or a buffer is missing, too small, without usage STORAGE, or both read and
   * written
   * @example
   * await model.compile({ input: input.shape });
   * model.encode(encoder, { input, output: outputBuffer });
   */
  encode(encoder: GPUCommandEncoder, buffers: ModelBuffers): void {
    this.#alive("encode");
    if (!this.#last) this.#refuseNotCompiled("encode");
    const given = givenShapes(this.#engine, this.inputs, buffers);
    const shapes = checkShapes(this.inputs, { ...this.#last, ...given });
    const graph = this.#find(shapes) ?? this.#refuseNotCompiled("encode", shapes);
    const { inputs, outputs } = checkBuffers(this.#engine, graph, buffers);
    this.#recorded.add(graph);
    graph.encode(encoder, inputs, outputs);
  }

  /**
   * Returns how the graph of the last call is computed: a line for each node that a run computes, with the nodes of the file whose work it does as
   * well, the algorithm and the next best, the estimated time and the bytes of the result; and a line for the whole.
   * @throws ConvError if the model is not compiled
   */
  explain(): string {
    this.#alive("explain");
    return ((this.#last && this.#find(this.#last)) ?? this.#refuseNotCompiled("explain")).explanation;
  }

  /**
   * Runs the model on a picture of any size, tile by tile, in the memory that a tile takes: gives the page its turn between tiles, and can be
   * stopped there. Tiles overlap by as much as the network sees, so that each output is computed from the cells that it has in the whole
   * picture: where the same algorithms compute it, bit by bit.
   * @param x a tensor, whose outputs are tensors of the whole picture, or numbers as `{ data, shape }`, whose outputs are such
   * @returns the outputs by name; none with `write`, which takes them piece by piece
   * @throws ConvError (as a rejection) `unsupported-model` naming the node that depends on the whole picture (global pooling, dense layers); naming
   * the argument that does not fit; what `compile` throws; the signal's reason if it aborts
   * @example
   * const { output } = await model.runTiled({ data: pixels, shape: [1, 3, 683, 1024] }, { tile: 256, progress: ({ done, total }) => show(done / total) });
   */
  async runTiled<From extends Picture>(
    x: From,
    options: TiledOptions = {},
  ): Promise<Record<string, From extends Tensor<TensorDtype> ? Tensor : TiledData>> {
    this.#alive("runTiled");
    const { runTiled } = await loadTiling();
    this.#alive("runTiled");
    const parts = { engine: this.#engine, source: this.#source, tilings: this.#tilings };
    const outputs: TiledOutputs = await runTiled(parts, x, options, (inputs, signal) =>
      this.run(inputs, signal ? { signal } : {}),
    );
    return outputs as Record<string, From extends Tensor<TensorDtype> ? Tensor : TiledData>;
  }

  /** Frees the GPU memory of the model. Compilations in progress are rejected. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const { controller } of this.#jobs.values()) controller.abort(destroyedError());
    this.#compiled.clear();
    for (const graph of this.#recorded) graph.destroy();
    this.#recorded.clear();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  #alive(method: string): void {
    if (this.#destroyed) refuseDestroyed(`model.${method}`, "model");
    this.#engine.gpu.memory.checkOpen();
  }

  #refuseNotCompiled(method: string, shapes: Shapes = {}): never {
    const own = Object.entries(shapes).map(([name, shape]) => `${name} ${describe(shape)}`);
    const got = words(`a model that is not compiled${own.length > 0 ? ` for ${own.join(", ")}` : ""}`);
    refuse("invalid-argument", `model.${method}`, got, "one after compile or run");
  }

  /** The compiled graph for shapes, if there is one. */
  #find(shapes: Shapes): CompiledGraph | undefined {
    const key = shapesKey(shapes);
    const graph = this.#compiled.get(key);
    if (!graph) return undefined;
    this.#last = shapes;
    if (graph.generation === this.#engine.gpu.generation) return graph;
    // An error of the GPU may have invalidated its buffers.
    this.#compiled.delete(key);
    return undefined;
  }

  /** Uses the compiled graph for shapes, compiled now if there is none. */
  async #whenReady<Result>(
    shapes: Shapes,
    { progress, signal }: CompileOptions,
    use: (graph: CompiledGraph) => Result,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const found = this.#find(shapes);
    if (found) return use(found);
    const key = shapesKey(shapes);
    const job = this.#jobs.get(key) ?? this.#start(key, shapes);
    job.waiting++;
    if (progress) job.progress.add(progress);
    const stopped = aborted(signal);
    try {
      const graph = await Promise.race([job.promise, stopped.promise]);
      this.#last = shapes;
      return use(graph);
    } finally {
      stopped.release();
      if (progress) job.progress.delete(progress);
      if (--job.waiting === 0) {
        this.#release(job.graph);
        if (signal?.aborted) {
          job.controller.abort(signal.reason);
          this.#forget(key, job);
        }
      }
    }
  }

  /** Frees the graph of calls that have used it, if it has left the cache meanwhile. */
  #release(graph: CompiledGraph | undefined): void {
    if (!graph) return;
    this.#awaited.delete(graph);
    if (this.#dropped.delete(graph)) graph.destroy();
  }

  /** The next call of these shapes starts another compilation. */
  #forget(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
  }

  #start(key: string, shapes: Shapes): Job {
    const controller = new AbortController();
    const progress: Job["progress"] = new Set();
    const work = async (): Promise<CompiledGraph> => {
      try {
        // After the caller has the job.
        await Promise.resolve();
        const graph = await compileGraph(this.#engine.gpu, () => this.#source.graph(shapes), this.#weights, {
          signal: controller.signal,
          progress: (now) => {
            for (const one of progress) one(now);
          },
        });
        if (this.#destroyed) {
          graph.destroy();
          throw destroyedError();
        }
        if (job.waiting > 0) this.#awaited.add(graph);
        job.graph = graph;
        this.#compiled.set(key, graph);
        return graph;
      } finally {
        this.#forget(key, job);
      }
    };
    const job: Job = { promise: work(), controller, progress, waiting: 0 };
    job.promise.catch(() => undefined);
    this.#jobs.set(key, job);
    return job;
  }
}

function destroyedError(): ConvError {
  return new ConvError("destroyed", "model: destroyed while it was compiled");
}

function checkCompileOptions(options: unknown): CompileOptions {
  const { progress, signal } = checkOptions("options", options, ["progress", "signal"]);
  if (progress !== undefined && typeof progress !== "function")
    refuse("invalid-argument", "progress", progress, "a function");
  const checked = checkSignal("signal", signal);
  return {
    ...(progress && { progress: progress as (progress: CompileProgress) => void }),
    ...(checked && { signal: checked }),
  };
}

/** A promise that rejects when a signal aborts. */
function aborted(signal: AbortSignal | undefined): { promise: Promise<never>; release: () => void } {
  let listener = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    listener = () => reject(signal!.reason as Error);
  });
  signal?.addEventListener("abort", listener);
  return { promise, release: () => signal?.removeEventListener("abort", listener) };
}
