// Placement: the buffers of a compiled graph, and where in them each cell lies. Constants are uploaded, and what depends on them alone is computed,
// once for all graphs of a model; what nothing else reads is freed again.
import { roundUp } from "../base/shape.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable } from "../gpu/executable.ts";
import type { MemoryUse } from "../gpu/memory.ts";
import { toBytes } from "../gpu/tensor.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import { STORAGE_ALIGNMENT } from "../kernel/step.ts";
import type { GraphMemory } from "./explain.ts";
import type { Parts } from "./in-place.ts";
import { lifetimesOf } from "./lifetimes.ts";
import { largestLive, planMemory } from "./memory-plan.ts";
import { type CellPlace, placedStep } from "./placed-step.ts";
import type { Cell, Recording } from "./recording.ts";
import { type SharedWeights, contentsOf } from "./shared-weights.ts";
import type { Task, Tasks } from "./tasks.ts";

/** Tasks, and the cells of theirs that lie in others. */
export interface PlacedTasks extends Tasks {
  readonly parts: Parts;
}

/** Constants of at most this many bytes lie side by side: most are a few numbers. */
const SMALL = 2 ** 12;

export class Placement {
  readonly #gpu: GpuContext;
  readonly #shared: SharedWeights;
  readonly #parts: Parts;
  readonly #places = new Map<Cell, CellPlace>();
  /** Cells in buffers that the caller gives. */
  readonly #callers = new Set<Cell>();
  /** The buffers to make, by name: their bytes. */
  readonly #weights = new Map<string, number>();
  /** What those of weights hold. */
  readonly #contents = new Map<string, string>();
  readonly #arena = new Map<string, number>();
  readonly #buffers: Record<string, GPUBuffer> = {};
  #largestLive = 0;
  #names = 0;
  /** The generation of the context in which the buffers are made. */
  #generation = 0;

  /** Gives every cell its place. No buffers are made yet. */
  constructor(
    gpu: GpuContext,
    { inputs, outputs }: Recording,
    { setup, main, parts }: PlacedTasks,
    shared: SharedWeights,
  ) {
    this.#gpu = gpu;
    this.#parts = parts;
    this.#shared = shared;
    for (const cell of [...inputs.values(), ...[...outputs.values()].map((output) => output.cell)]) {
      this.#callers.add(cell);
      this.#places.set(cell, { buffer: this.#name("caller"), offset: 0 });
    }
    const read = new Set(main.flatMap(({ reads }) => reads));
    const contentOf = contentsOf(gpu, setup);
    const results = new Set(setup.flatMap(({ writes }) => writes));
    const isSmall = ({ isConstant, bytes }: Cell): boolean => isConstant && bytes <= SMALL;
    this.#placeConstants([...read].filter(isSmall), contentOf);
    for (const cell of read) {
      if (isSmall(cell) || !(cell.isConstant || results.has(cell))) continue;
      const name = this.#own(cell);
      this.#weights.set(name, cell.bytes);
      this.#contents.set(name, contentOf(cell));
    }
    this.#placeArena(main);
  }

  /** The buffers that are not the caller's, by name. */
  get buffers(): Readonly<Record<string, GPUBuffer>> {
    return this.#buffers;
  }

  get generation(): number {
    return this.#generation;
  }

  get memory(): GraphMemory {
    const sum = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((all, one) => all + one, 0);
    return { arena: sum(this.#arena), largestLive: this.#largestLive, weights: sum(this.#weights) };
  }

  readonly placeOf = (cell: Cell): CellPlace => {
    const range = this.#parts.rangeOf(cell);
    const place = this.#places.get(range.cell);
    if (!place) throw new Error("a cell without a place");
    return { buffer: place.buffer, offset: place.offset + range.offset };
  };

  /** Whether a cell lies in a buffer of the caller's. */
  isOfCaller(cell: Cell): boolean {
    return this.#callers.has(this.#parts.rangeOf(cell).cell);
  }

  /** Makes the buffers or takes them from other graphs, uploads the constants, and runs the tasks of the setup; `pace` is awaited before each. */
  async setUp(tasks: readonly Task[], pace: () => Promise<void>): Promise<void> {
    this.#generation = this.#gpu.generation;
    const missing = new Set<string>();
    for (const [name, bytes] of this.#weights) {
      const found = this.#shared.take(this.#contents.get(name)!);
      if (found) this.#buffers[name] = found;
      else missing.add(name);
      if (!found) this.#allocate(name, "weights", bytes);
    }
    const kept = new Set(this.#places.keys());
    const isMissing = (cell: Cell): boolean => !kept.has(cell) || missing.has(this.placeOf(cell).buffer);
    const constants = [...kept].filter((cell) => cell.isConstant && isMissing(cell));
    for (const cell of constants) {
      await pace();
      this.#upload(cell);
    }
    this.#offer(constants);
    const needed = tasksFor(tasks, new Set([...kept].filter(isMissing)), isMissing);
    const last = new Map(needed.flatMap(({ reads, writes }, at) => [...reads, ...writes].map((cell) => [cell, at])));
    for (const [at, task] of needed.entries()) {
      await pace();
      this.#gpu.errors.run("weights", () => this.#run(task));
      this.#offer(task.writes.filter((cell) => kept.has(cell)));
      for (const cell of [...task.reads, ...task.writes, ...task.scratch])
        if (!kept.has(cell) && (last.get(cell) ?? at) === at) this.#free(cell);
    }
    for (const [name, bytes] of this.#arena) this.#allocate(name, "workspace", bytes);
  }

  destroy(): void {
    for (const buffer of Object.values(this.#buffers)) this.#shared.free(buffer);
  }

  /** Lets other graphs use what is filled. */
  #offer(cells: readonly Cell[]): void {
    for (const name of new Set(cells.map((cell) => this.placeOf(cell).buffer)))
      this.#shared.offer(this.#contents.get(name)!, this.#buffers[name]!, this.#generation);
  }

  #run({ steps, operands, reads, writes, scratch }: Task): void {
    for (const cell of reads) {
      if (this.#places.has(cell)) continue;
      this.#allocate(this.#own(cell), "weights", cell.bytes);
      this.#upload(cell);
    }
    for (const cell of [...writes, ...scratch])
      if (!this.#places.has(cell)) this.#allocate(this.#own(cell), "workspace", cell.bytes);
    const { device } = this.#gpu;
    const executable = new Executable(
      this.#gpu,
      steps.map((step) => placedStep(step, operands, this)),
    );
    try {
      const encoder = device.createCommandEncoder({ label: "convoke weights" });
      executable.encode(encoder, this.#buffers);
      device.queue.submit([encoder.finish()]);
    } finally {
      executable.destroy();
    }
  }

  #upload(cell: Cell): void {
    const { data, dtype, name } = cell.source!;
    const { buffer, offset } = this.placeOf(cell);
    this.#gpu.device.queue.writeBuffer(this.#buffers[buffer]!, offset, toBytes(name, data, data!.length, dtype));
  }

  /** Places constants side by side. */
  #placeConstants(cells: readonly Cell[], contentOf: (cell: Cell) => string): void {
    const most = this.#gpu.device.limits.maxBufferSize;
    let [name, bytes, contents] = ["", 0, [] as string[]];
    const close = (): void => {
      if (contents.length === 0) return;
      this.#weights.set(name, Math.min(bytes, most));
      this.#contents.set(name, `${this.#gpu.idOf(JSON.stringify(["weights", contents]))}`);
    };
    for (const cell of cells) {
      if (bytes + cell.bytes > most) close();
      if (contents.length === 0 || bytes + cell.bytes > most)
        [name, bytes, contents] = [this.#name("constants"), 0, []];
      this.#places.set(cell, { buffer: name, offset: bytes });
      contents.push(contentOf(cell));
      bytes = roundUp(bytes + cell.bytes, STORAGE_ALIGNMENT);
    }
    close();
  }

  #placeArena(tasks: readonly Task[]): void {
    const lifetimes = lifetimesOf(tasks, (cell) => this.#places.has(cell), this.#parts);
    const { buffers, places } = planMemory([...lifetimes.values()], this.#gpu.device.limits.maxBufferSize);
    const names = buffers.map(() => this.#name("arena"));
    for (const [at, cell] of [...lifetimes.keys()].entries()) {
      const { buffer, offset } = places[at]!;
      this.#places.set(cell, { buffer: names[buffer]!, offset });
    }
    for (const [at, size] of buffers.entries()) this.#arena.set(names[at]!, size);
    this.#largestLive = largestLive([...lifetimes.values()]);
  }

  /** Gives a cell a buffer of its own, and returns its name. */
  #own(cell: Cell): string {
    const buffer = this.#name("own");
    this.#places.set(cell, { buffer, offset: 0 });
    return buffer;
  }

  #free(cell: Cell): void {
    const { buffer } = this.placeOf(cell);
    this.#places.delete(cell);
    this.#gpu.memory.free(this.#buffers[buffer]!);
    delete this.#buffers[buffer];
  }

  #name(kind: string): string {
    return `${kind}${this.#names++}`;
  }

  #allocate(name: string, use: MemoryUse, size: number): void {
    const { errors, memory } = this.#gpu;
    const label = `convoke model ${name}`;
    this.#buffers[name] = errors.run(label, () => memory.allocate(use, { label, size, usage: TENSOR_USAGE }));
  }
}

/** Returns the tasks that compute wanted cells, and what these need of what is missing. */
function tasksFor(tasks: readonly Task[], wanted: Set<Cell>, isMissing: (cell: Cell) => boolean): Task[] {
  const needed = tasks.toReversed().filter(({ reads, writes }) => {
    if (!writes.some((cell) => wanted.has(cell))) return false;
    for (const cell of reads) if (isMissing(cell)) wanted.add(cell);
    return true;
  });
  return needed.toReversed();
}
