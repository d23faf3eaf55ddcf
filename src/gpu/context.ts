// What the parts of an engine share of one GPUDevice.
import { Failures } from "./failures.ts";
import { Memory, WorkspaceArena } from "./memory.ts";
import { PipelineCache } from "./pipelines.ts";

export class GpuContext {
  readonly device: GPUDevice;
  readonly memory: Memory;
  readonly arena: WorkspaceArena;
  /** Scratch memory beside the workspace: what a run prepares for itself. */
  readonly transient: WorkspaceArena;
  readonly failures: Failures;
  readonly pipelines: PipelineCache;
  readonly #names = new Map<string, number>();

  constructor(device: GPUDevice) {
    this.device = device;
    this.memory = new Memory(device);
    this.arena = new WorkspaceArena(this.memory);
    this.transient = new WorkspaceArena(this.memory);
    this.failures = new Failures(device);
    this.pipelines = new PipelineCache(device, this.failures);
  }

  /** A number for a text, the same for the same text: quicker to look things up by. */
  nameOf(text: string): number {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = this.#names.size;
      this.#names.set(text, name);
    }
    return name;
  }
}
