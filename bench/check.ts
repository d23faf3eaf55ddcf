// When a result, ours or a peer's, counts as wrong.
import type { Result } from "./protocol.ts";

/** Whether the error of a result exceeds its bound. */
export function isWrong({ check }: Pick<Result, "check">): boolean {
  return check !== undefined && !(check.error <= check.bound);
}
