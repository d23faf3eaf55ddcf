// Sums over sets, or over what shares a parameter: in levels of 64 numbers to one (Higham, Accuracy and Stability of Numerical Algorithms,
// section 4.2), so that there are many invocations however few sums there are.
import type { Dtype } from "../../base/dtype.ts";
import { type Step } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import { type Axis, type Lanes, UNIT, aliasesOf, parameterShaders } from "./lanes.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { type Parameter, bound } from "./parameters.ts";
import type { Scratch } from "./scratch.ts";
import partitionShader from "../../../shaders/ops/shared/partition.wgsl";
import mergePartsShader from "../../../shaders/ops/shared/merge-parts.wgsl";

/** Elements, or results of the level before, that an invocation adds up. */
const FAN = 64;

/** Those of them that shaders/ops/part-moments.wgsl takes at once. */
const BLOCK = 8;

/** Bytes of what a kernel keeps of a part: shaders/ops/parts-*.wgsl. */
const PART_BYTES = 16;

/** What elements are added up by: all of a set, or all that share a parameter. */
export type Owner = "set" | "parameter";

export interface Reduction {
  readonly lanes: Lanes;
  readonly owner: Owner;
  /** The kernel of the first level, and what makes one of two of its results. */
  readonly kernel: string;
  readonly merge: string;
  readonly dtype: Dtype;
  readonly own?: Parameter;
  readonly ranges: readonly Range[];
  readonly readWrite?: readonly number[];
}

/** Steps that leave a part (shaders/ops/parts-*.wgsl) for each owner, in their order. */
export function reduce(scratch: Scratch, reduction: Reduction): { steps: Step<string>[]; parts: Range } {
  const { lanes, owner, kernel, merge, dtype, own, ranges, shared } = reduction;
  const other = owner === "set" ? "parameter" : "set";
  const two = (axes: readonly Axis[]): [Axis, Axis] => {
    const [first, second] = [UNIT, UNIT, ...axes].slice(-2);
    return [first!, second!];
  };
  const owners = two(lanes.axes.filter((one) => one[owner] > 0));
  const members = two(lanes.axes.filter((one) => one[owner] === 0));
  const words = (axes: readonly Axis[], ...keys: (keyof Axis)[]): number[] =>
    keys.flatMap((key) => axes.map((one) => one[key]));
  const count = elementCount(owners.map(({ size }) => size));
  const total = count * (lanes[owner] ? lanes.width : 1);
  const each = elementCount(members.map(({ size }) => size));
  let parts = Math.ceil(each / FAN);
  let results = scratch.take(total * parts * PART_BYTES);
  // Neighbouring invocations read neighbouring memory: of neighbouring owners, or of neighbouring members of one.
  const ownersFirst = members[1].stride === 0 || (owners[1].stride > 0 && owners[1].stride < members[1].stride);
  const writer = lanes.width === 1 ? "one" : lanes[owner] ? "owners" : "members";
  const scaling = kernel === "part-sums" ? parameterShaders(lanes, { scale: own }) : undefined;
  const apart = owner === "parameter" ? lanes.apart : undefined;
  const steps = [
    dispatch({
      shaders: [
        ...[partitionShader, `ops/${merge}`, `ops/parts-${writer}`],
        ...(scaling?.shaders ?? []),
        `ops/${kernel}`,
      ],
      constants: {
        OWNERS_FIRST: ownersFirst,
        TWO_AXES: members[0].size > 1,
        ...(kernel === "part-moments" && { BLOCK, WHOLE: each % (BLOCK * parts) === 0 }),
        ...(writer === "owners" && { TOGETHER: apart ? 1 : lanes.width, APART: apart ?? 1 }),
        ...(own && scaling?.constants),
        ...(kernel === "part-sums" && {
          BY_SET: owner === "set",
          OTHER_MOVES: members.some((one) => one[other] > 0),
        }),
      },
      aliases: aliasesOf(lanes, dtype, own),
      ranges: bound([results, ...ranges], own),
      ...(shared && { readWrite: shared.map((binding) => binding + 1) }),
      uniforms: [
        ...words(owners, "size", "stride", owner, other),
        ...words(members, "size", "stride", other),
        parts,
        count * parts,
      ],
      threads: count * parts,
    }),
  ];
  while (parts > 1) {
    const left = Math.ceil(parts / FAN);
    const merged = scratch.take(total * left * PART_BYTES);
    steps.push(
      dispatch({
        shaders: [`ops/${merge}`, mergePartsShader],
        ranges: [merged, results],
        readWrite: [2],
        uniforms: [parts, left, total * left],
        threads: total * left,
      }),
    );
    [parts, results] = [left, merged];
  }
  return { steps, parts: results };
}
