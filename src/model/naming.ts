// Refusals that name the node.
import { ConvError } from "../base/error.ts";
import type { Node } from "./graph.ts";

/** Does work for a node: its refusals name the node, unless they do already, and have another code if one is given. */
export function naming<Result>(
  { name, operator }: Pick<Node, "name" | "operator">,
  work: () => Result,
  code?: ConvError["code"],
): Result {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ConvError) || cause.message.startsWith("node ")) throw cause;
    throw new ConvError(code ?? cause.code, `node ${name} (${operator}): ${cause.message}`, { cause });
  }
}
