// Divides the workspace of a list of steps into ranges.
import { bytesFor } from "../base/dtype.ts";
import { roundUp } from "../base/shape.ts";
import type { Range } from "./dispatch.ts";
import { STORAGE_ALIGNMENT } from "./step.ts";

/** Hands out ranges of the workspace, one after the other; none is used twice. */
export class Workspace {
  /** Bytes handed out so far: what the steps need in all. */
  bytes: number;

  /** @param start where the first range lies, a multiple of STORAGE_ALIGNMENT */
  constructor(start = 0) {
    this.bytes = start;
  }

  /** A range of so many bytes. */
  take(size: number): Range<"workspace"> {
    const offset = this.bytes;
    this.bytes = roundUp(offset + size, STORAGE_ALIGNMENT);
    return { operand: "workspace", offset, size };
  }

  /** A range for so many float32 numbers. */
  numbers(count: number): Range<"workspace"> {
    return this.take(bytesFor(count, "f32"));
  }
}
