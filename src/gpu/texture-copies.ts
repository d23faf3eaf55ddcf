// What copies operands into textures (textures.ts), as everything else sees it: only platforms whose kernels load from textures load that.
import type { Step } from "../kernel/step.ts";
import type { Recording } from "./commands.ts";

/** The buffer of each operand. */
export type Buffers = Partial<Record<string, GPUBuffer>>;

/** Scratch textures that runs share, as they share a ScratchBuffer. */
export interface ScratchTextures {
  /** Returns textures of at least so many rows, valid until the next call. */
  acquire(rows: readonly number[]): readonly GPUTexture[];
  /** Frees the textures; the next `acquire` creates them again. */
  release(): void;
  /** Returns a second set of textures, for work that the caller submits: runs of the engine in between would overwrite these. */
  others(): ScratchTextures;
  /** Returns the copies that steps need, if any. */
  copiesFor(steps: readonly Step<string>[]): StepCopies | undefined;
}

/**
 * The copies that steps need: of each range that a kernel loads as a texture, unless the texture still holds it, and of a range that kernels bind as
 * uniforms, if its buffer may not be bound so.
 */
export interface StepCopies {
  /** Rows that each texture needs. */
  readonly rows: readonly number[];
  /** Returns what records the copies before each step, and replaces a buffer that may not be bound by its copy. */
  record(buffers: Buffers, textures: readonly GPUTexture[]): readonly (readonly Recording[])[];
  destroy(): void;
}
