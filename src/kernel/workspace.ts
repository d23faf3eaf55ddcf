// Workspace: divides the scratch memory of a list of steps into ranges.
import { EMPTY_BYTES, bytesFor } from "../base/dtype.ts";
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

  /** Allocates a range of `size` bytes; one of no bytes can be bound too. */
  take(size: number): Range<"workspace"> {
    const offset = this.bytes;
    const bound = Math.max(size, EMPTY_BYTES);
    this.bytes = roundUp(offset + bound, STORAGE_ALIGNMENT);
    return { operand: "workspace", offset, size: bound };
  }

  /** Allocates a range of `count` float32 numbers. */
  numbers(count: number): Range<"workspace"> {
    return this.take(bytesFor(count, "f32"));
  }
}
