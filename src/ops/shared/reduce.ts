// Reductions over the elements of each set, or over the elements of each parameter, in levels of 64 to one (src/kernel/levels.ts). The first
// level reads tensors and leaves partial results (parts); the others merge the parts of each owner.
import mergeMomentsShader from "../../../shaders/ops/shared/merge-moments.wgsl";
import mergePartsShader from "../../../shaders/ops/shared/merge-parts.wgsl";
import mergeSumsShader from "../../../shaders/ops/shared/merge-sums.wgsl";
import partMomentsShader from "../../../shaders/ops/shared/part-moments.wgsl";
import partSumsShader from "../../../shaders/ops/shared/part-sums.wgsl";
import partitionShader from "../../../shaders/ops/shared/partition.wgsl";
import partsMembersShader from "../../../shaders/ops/shared/parts-members.wgsl";
import partsOneShader from "../../../shaders/ops/shared/parts-one.wgsl";
import partsOwnersShader from "../../../shaders/ops/shared/parts-owners.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { type Level, levelsOf } from "../../kernel/levels.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";
import { type Axis, type Lanes, aliasesOf, axisVectors, centerSnippet, scaleSnippet } from "./lanes.ts";
import { CENTER_BINDING, type Parameter, bound } from "./parameters.ts";

/** Elements, or vectors of four, that shaders/ops/shared/part-moments.wgsl takes at once. SwiftShader takes longer for loops that load more. */
const BLOCKS = { 1: 8, 4: 4 };

/** Bytes of a part: the vec4f that shaders/ops/shared/parts-*.wgsl store. */
const PART_BYTES = 16;

/** How elements are grouped: all of a set, or all that share a parameter. */
export type Owner = "set" | "parameter";

/** A reduction of the elements of a tensor by set or by parameter. */
export interface Reduction {
  readonly lanes: Lanes;
  readonly owner: Owner;
  readonly dtype: Dtype;
  /** Bound from 2 on. */
  readonly ranges: readonly Range[];
  /** The mean of each set, if the kernel subtracts one. */
  readonly center?: Range | undefined;
}

/** Steps that leave one part for each owner, and the range that then holds the parts in order. */
export interface Reduced {
  readonly steps: Step<string>[];
  readonly parts: Range;
}

/** Whether a range lies in the workspace. */
export function isInWorkspace(range: Range | undefined): boolean {
  return range?.operand === "workspace";
}

/**
 * Computes for each owner the mean, the sum of the squared distances from it, and the number of elements.
 * @param MAGNITUDES whether of the absolute values
 */
export function reduceMoments(workspace: Workspace, reduction: Reduction, MAGNITUDES: boolean): Reduced {
  const BLOCK = BLOCKS[reduction.lanes.width];
  return reduce(workspace, reduction, mergeMomentsShader, ({ terms, parts }) => ({
    shaders: [partMomentsShader],
    constants: { BLOCK, MAGNITUDES, WHOLE: terms % (BLOCK * parts) === 0 },
  }));
}

/** Computes for each owner the sum of the gradient (times the scale, if given), and the sum of its products with the normalised numbers. */
export function reduceSums(workspace: Workspace, reduction: Reduction, scale?: Parameter): Reduced {
  const { lanes, owner } = reduction;
  const other = owner === "set" ? "parameter" : "set";
  const constants = {
    BY_SET: owner === "set",
    OTHER_MOVES: membersOf(lanes, owner).some((one) => one[other] > 0),
  };
  const shaders = [scaleSnippet(scale, lanes.parameterStride), centerSnippet(reduction.center), partSumsShader];
  return reduce(workspace, reduction, mergeSumsShader, () => ({ shaders, constants }), scale);
}

/** The kernel of the first level. */
interface FirstLevel {
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<string, Constant>>;
}

/** @param merge defines `merged`, which merges two parts into one */
function reduce(
  workspace: Workspace,
  { lanes, owner, dtype, ranges, center }: Reduction,
  merge: Shader,
  firstLevel: (level: Level) => FirstLevel,
  own?: Parameter,
): Reduced {
  const other = owner === "set" ? "parameter" : "set";
  const owners = lanes.axes.filter((one) => one[owner] > 0);
  const members = membersOf(lanes, owner);
  const [count, terms] = [owners, members].map((axes) => elementCount(axes.map(({ size }) => size))) as [
    number,
    number,
  ];
  const sums = count * (lanes[owner] ? lanes.width : 1);
  const [first, ...rest] = levelsOf(workspace, { sums, terms, partBytes: PART_BYTES });
  const { parts, to } = first!;
  const ofOwners = lanes.width === 4 && lanes[owner];
  const kernel = firstLevel(first!);
  const firstStep = dispatch({
    shaders: [
      ...[partitionShader, merge],
      lanes.width === 1 ? partsOneShader : ofOwners ? partsOwnersShader : partsMembersShader,
      ...kernel.shaders,
    ],
    constants: {
      OUTER_OWNERS: Math.max(owners.length - 1, 0),
      OUTER_MEMBERS: Math.max(members.length - 1, 0),
      OWNERS_FIRST: ownersFirst(owners.at(-1), members.at(-1)),
      ...(ofOwners && { APART: owner === "parameter" && lanes.parameterStride !== undefined }),
      ...kernel.constants,
    },
    aliases: aliasesOf(lanes, dtype, own),
    ranges: bound([to, ...ranges], { scale: own, center }),
    // The first level writes the workspace, and statistics in it are then bound as writable.
    readWrite: [
      ...ranges.flatMap((range, at) => (isInWorkspace(range) ? [at + 2] : [])),
      ...(isInWorkspace(center) ? [CENTER_BINDING] : []),
    ],
    uniforms: {
      owners: axisVectors(owners, ["size", "stride", owner, other]),
      members: axisVectors(members, ["size", "stride", owner, other]),
      ...{ count, terms, parts, parameterStride: lanes.parameterStride ?? 0 },
    },
    threads: count * parts,
  });
  const merges = rest.map((level) =>
    dispatch({
      shaders: [merge, mergePartsShader],
      ranges: [level.to, level.from],
      readWrite: [2],
      uniforms: { parts: level.terms, left: level.parts },
      threads: sums * level.parts,
    }),
  );
  return { steps: [firstStep, ...merges], parts: rest.at(-1)?.to ?? to };
}

/** Whether neighbouring invocations reduce neighbouring owners, else parts of one owner: so that they read neighbouring memory. */
function ownersFirst(owner: Axis | undefined, member: Axis | undefined): boolean {
  return !member || (owner !== undefined && owner.stride < member.stride);
}

/** The axes along which elements of one owner lie. */
function membersOf({ axes }: Lanes, owner: Owner): readonly Axis[] {
  return axes.filter((one) => one[owner] === 0);
}
