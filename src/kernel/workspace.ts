// Workspace: divides the scratch memory of a list of steps into ranges.
import { bytesFor } from "../base/dtype.ts";
import { roundUp } from "../base/shape.ts";
import type { Range } from "./dispatch.ts";
import { STORAGE_ALIGNMENT } from "./step.ts";

/** Allocates ranges of the workspace one after the other; none is used twice. */
export class Workspace {
  /** Bytes allocated so far: in the end, the workspace that the steps need. */
  bytes: number;

  /** @param start offset of the first range, a multiple of STORAGE_ALIGNMENT */
  constructor(start = 0) {
    this.bytes = start;
  }

  /** Allocates a range of `size` bytes. */
  take(size: number): Range<"workspace"> {
    const offset = this.bytes;
    this.bytes = roundUp(offset + size, STORAGE_ALIGNMENT);
    return { operand: "workspace", offset, size };
  }

  /** Allocates a range of `count` float32 numbers. */
  numbers(count: number): Range<"workspace"> {
    return this.take(bytesFor(count, "f32"));
  }
}
