// The gradient of a deformable convolution with respect to its input. The samples of each image and offset group are sorted by the cell at
// or before them, by columns and then by rows. The samples that have a given cell as a corner then form two runs: one in the row of the cell
// and one in the row before, each over the column of the cell and the column before.
import deformEntriesShader from "../../../shaders/ops/deformable-conv/deform-entries.wgsl";
import deformGatherShader from "../../../shaders/ops/deformable-conv/deform-gather.wgsl";
import deformKeysShader from "../../../shaders/ops/deformable-conv/deform-keys.wgsl";
import deformShader from "../../../shaders/ops/deformable-conv/deform.wgsl";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { sortBytes, sortSteps, startsStep } from "../shared/sort.ts";
import type { Band, Deformable } from "./geometry.ts";
import { deformableStep, deformableUniforms } from "./step.ts";

/** Channels of a cell that an invocation computes: they share the positions of the samples. */
const RUN = 8;

/** Bytes of a u32. */
const WORD = 4;

interface Tensors {
  readonly dcolumns: TensorDescription;
  readonly offset: TensorDescription;
  readonly mask: TensorDescription | undefined;
  readonly dx: TensorDescription;
}

/** Bytes of workspace for each sample, about: those of the sort, and its entry. */
export function sampleBytes({ problem, offsetGroups }: Deformable): number {
  return offsetGroups * (sortBytes((problem.input[1] + 2) * (problem.input[2] + 2)) + 4 * WORD);
}

/** Reads dcolumns, offset and mask, and writes dx, or adds to the gradient of the bands before in the same images. */
export function inputGradientRecipe(
  deformable: Deformable,
  band: Band,
  { dcolumns, offset, mask, dx }: Tensors,
): Recipe {
  const { problem, offsetGroups } = deformable;
  const [, height, width] = problem.input;
  const samples = problem.kernel[1] * problem.kernel[2] * band.rows * problem.output[2];
  const segments = band.images * offsetGroups;
  // Rows and columns from -1 to the last, and one bucket for samples past the last.
  const [rows, columns] = [height + 2, width + 2];

  const workspace = new Workspace();
  const take = (words: number): Range => workspace.take(words * WORD);
  const keys = take(segments * samples);
  const order = take(segments * samples);
  const starts = take(segments * (rows * columns + 1));
  const entries = take(segments * samples * 4);

  const aliases = { E: elementTypes(dx.dtype).one };
  const sorting = { segments, samples, keyCount: rows * columns, keys, order };
  const { steps: sort, sorted } = sortSteps(workspace, sorting);
  const runs = Math.ceil(problem.C / offsetGroups / RUN) * offsetGroups;
  const steps = [
    deformableStep(deformable, band, {
      shaders: [deformKeysShader],
      ranges: [whole("offset", offset), keys, order],
      aliases,
      threads: segments * samples,
    }),
    ...sort,
    startsStep(sorting, sorted, starts),
    deformableStep(deformable, band, {
      shaders: [deformEntriesShader],
      ranges: [whole("offset", offset), sorted, entries],
      mask: mask && whole("mask", mask),
      aliases,
      threads: segments * samples,
    }),
    dispatch({
      shaders: [deformShader, deformGatherShader],
      constants: { RUN, CHANNELS_LAST: problem.layout === "channels-last", ADD: band.firstRow > 0 },
      aliases,
      ranges: [whole("dcolumns", dcolumns), starts, entries, whole("dx", dx)],
      uniforms: deformableUniforms(deformable, band),
      threads: band.images * height * width * runs,
    }),
  ];
  return { steps, workspaceBytes: workspace.bytes };
}
