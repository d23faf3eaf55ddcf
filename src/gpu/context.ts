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

  constructor(device: GPUDevice) {
    this.device = device;
    this.memory = new Memory(device);
    this.arena = new WorkspaceArena(this.memory);
    this.transient = new WorkspaceArena(this.memory);
    this.failures = new Failures(device);
    this.pipelines = new PipelineCache(device, this.failures);
  }
}
