// The shapes of a model's inputs: checks of given ones against what the model declares, sizes with names included.
import { refuse, words } from "../base/error.ts";
import { RANKS, checkShape } from "../base/validate.ts";
import type { ModelTensor, Size } from "./graph.ts";

export type Shapes = Readonly<Record<string, readonly number[]>>;

/**
 * Completes and checks the shapes of all inputs.
 * @param given shapes by the names of inputs; one whose sizes are all known may be missing
 * @throws ConvError naming the input
 */
export function checkShapes(inputs: readonly ModelTensor[], given: Readonly<Record<string, unknown>>): Shapes {
  const known = inputs.map(({ name }) => name);
  for (const name of Object.keys(given)) if (!known.includes(name)) refuseUnknown(name, known);
  const sizes = new Map<string, { readonly size: number; readonly from: string }>();
  const entries = inputs.map(({ name, shape }) => {
    if (given[name] === undefined) {
      if (shape.every((size) => typeof size === "number")) return [name, shape] as const;
      refuse("invalid-argument", name, undefined, `a shape ${declared(shape)}`);
    }
    const own = checkShape(`${name}.shape`, given[name], RANKS);
    const fits =
      own.length === shape.length && shape.every((size, axis) => typeof size === "string" || size === own[axis]);
    if (!fits) refuse("shape-mismatch", `${name}.shape`, own, declared(shape));
    for (const [axis, size] of shape.entries()) {
      if (typeof size === "number") continue;
      const before = sizes.get(size);
      if (before && before.size !== own[axis])
        refuse(
          "shape-mismatch",
          `${name}.shape`,
          own,
          `${declared(shape)} with ${size} = ${before.size}, as ${before.from} has`,
        );
      sizes.set(size, { size: own[axis]!, from: name });
    }
    return [name, own] as const;
  });
  return Object.fromEntries(entries);
}

/** A declared shape in words. */
export function declared(shape: readonly Size[]): string {
  return `[${shape.join(", ")}]`;
}

/** @throws ConvError that lists the names there are */
export function refuseUnknown(name: string, known: readonly string[]): never {
  refuse("unknown-option", name, words("a value"), `one of the inputs ${known.map((one) => `"${one}"`).join(", ")}`);
}

/** A text of shapes, by which compiled graphs are cached. */
export function shapesKey(shapes: Shapes): string {
  return JSON.stringify(Object.entries(shapes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
