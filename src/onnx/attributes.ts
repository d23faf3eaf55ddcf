// The attributes of nodes: which ones an operator serves, and what they are where the file gives none.
import { type Constant, type ExternalBytes, constantOf } from "./elements.ts";
import type { AttributeMessage } from "./file.ts";

/**
 * What an attribute may be: a number, given by its default, one of some texts or of some numbers, the first by default, or, undefined by default,
 * a number, a list of numbers or a tensor.
 */
export type AttributeSpec = number | readonly [string, ...string[]] | Only | "number" | "numbers" | "tensor";

/** Other values would be another computation, which is not served. */
interface Only {
  readonly only: readonly [number, ...number[]];
}

export type Specs = Readonly<Record<string, AttributeSpec>>;

type ValueOf<Spec> = Spec extends number | Only
  ? number
  : Spec extends readonly string[]
    ? Spec[number]
    : Spec extends "number"
      ? number | undefined
      : Spec extends "numbers"
        ? readonly number[] | undefined
        : Constant | undefined;

/** The values of the attributes of a node. */
export type Values<Given extends Specs> = { readonly [Name in keyof Given]: ValueOf<Given[Name]> };

/** Attributes that change nothing of what is computed in inference. */
const IGNORED = ["momentum", "stash_type", "seed", "ratio", "saturate"];

const FLOAT = 1;
const INTEGER = 2;

/** The values of the attributes of a node, and what of them is not served, in words. */
export function attributesOf(
  node: string,
  given: readonly AttributeMessage[],
  specs: Specs,
  externalBytes: ExternalBytes,
): { values: Record<string, unknown>; unserved: string[] } {
  const values: Record<string, unknown> = {};
  const unserved: string[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    if (typeof spec === "number") values[name] = spec;
    else if (Array.isArray(spec)) values[name] = spec[0];
    else if (typeof spec === "object") values[name] = (spec as Only).only[0];
  }
  const text = new TextDecoder();
  for (const attribute of given) {
    const name = attribute.name ?? "";
    const spec = specs[name];
    if (attribute.reference) unserved.push(`attribute ${name} of a function`);
    else if (spec === undefined) {
      if (!IGNORED.includes(name)) unserved.push(`attribute ${name}`);
    } else if (spec === "tensor") {
      if (attribute.tensor) values[name] = constantOf(`${node}: ${name}`, attribute.tensor, externalBytes);
      else unserved.push(`attribute ${name} that is no tensor`);
    } else if (Array.isArray(spec)) {
      const value = text.decode(attribute.text ?? new Uint8Array());
      values[name] = value;
      if (!spec.includes(value)) unserved.push(`${name} ${JSON.stringify(value)}`);
    } else if (spec === "numbers") {
      values[name] = Array.from(attribute.integers.length > 0 ? attribute.integers : attribute.floats);
    } else {
      const isFloat = attribute.type === FLOAT || (attribute.type !== INTEGER && attribute.float !== undefined);
      const value = (isFloat ? attribute.float : attribute.integer) ?? 0;
      values[name] = value;
      if (typeof spec === "object" && !(spec as Only).only.includes(value)) unserved.push(`${name} ${value}`);
      if (!isFloat && !Number.isFinite(value)) unserved.push(`${name} ${value}`);
    }
  }
  return { values, unserved };
}
