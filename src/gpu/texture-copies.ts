// What copies operands into textures (textures.ts), as everything else sees it: only platforms whose kernels load from textures load that.
import type { Step } from "../kernel/step.ts";
import type { Recording } from "./commands.ts";

/** Scratch textures that runs share, as they share a ScratchBuffer. */
export interface ScratchTextures {
  /** Returns textures of at least so many rows, valid until the next call. */
  acquire(rows: readonly number[]): readonly GPUTexture[];
  /** Frees the textures; the next `acquire` creates them again. */
  release(): void;
  /** Returns a second set of textures, for work that the caller submits: runs of the engine in between would overwrite these. */
  others(): ScratchTextures;
  copiesFor(steps: readonly Step<string>[]): StepCopies;
}

/** The copies into textures that steps need: of each range that a kernel loads as a texture, unless the texture still holds it. */
export interface StepCopies {
  /** Rows that each texture needs. */
  readonly rows: readonly number[];
  /** Returns what records the copies before each step. */
  record(
    buffers: Readonly<Partial<Record<string, GPUBuffer>>>,
    textures: readonly GPUTexture[],
  ): readonly (readonly Recording[])[];
}
