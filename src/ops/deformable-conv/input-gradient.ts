// The gradient of a deformable convolution with respect to its input. The samples of each image and offset group are sorted by the cell at
// or before them, by columns and then by rows, with a stable counting sort (Knuth, The Art of Computer Programming, volume 3, section 5.2,
// algorithm D; least significant digit first, section 5.2.5). One invocation counts a chunk of samples, so that no atomics are needed and
// the order is the same in every run. The samples that have a given cell as a corner then form two runs: one in the row of the cell and one
// in the row before, each over the column of the cell and the column before.
import deformEntriesShader from "../../../shaders/ops/deformable-conv/deform-entries.wgsl";
import deformGatherShader from "../../../shaders/ops/deformable-conv/deform-gather.wgsl";
import deformKeysShader from "../../../shaders/ops/deformable-conv/deform-keys.wgsl";
import deformShader from "../../../shaders/ops/deformable-conv/deform.wgsl";
import sortCountShader from "../../../shaders/ops/deformable-conv/sort-count.wgsl";
import sortScanShader from "../../../shaders/ops/deformable-conv/sort-scan.wgsl";
import sortScatterShader from "../../../shaders/ops/deformable-conv/sort-scatter.wgsl";
import sortShader from "../../../shaders/ops/deformable-conv/sort.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import type { Deformable } from "./geometry.ts";
import { deformableStep, deformableUniforms } from "./step.ts";

/** Samples that one invocation counts. Larger chunks leave fewer counts to add up, but fewer invocations. */
const CHUNK = 128;

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

/** Reads dcolumns, offset and mask, and writes dx. */
export function inputGradientRecipe(deformable: Deformable, { dcolumns, offset, mask, dx }: Tensors): Recipe {
  const { problem, offsetGroups } = deformable;
  const [, height, width] = problem.input;
  const samples = problem.kernel[1] * problem.kernel[2] * problem.output[1] * problem.output[2];
  const segments = problem.N * offsetGroups;
  // Rows and columns from -1 to the last, and one bucket for samples past the last.
  const [rows, columns] = [height + 2, width + 2];
  const chunks = Math.ceil(samples / CHUNK);

  const workspace = new Workspace();
  const take = (words: number): Range => workspace.take(words * WORD);
  const keys = take(segments * samples);
  const order = [take(segments * samples), take(segments * samples)] as const;
  const counts = take(segments * chunks * Math.max(rows, columns));
  const starts = take(segments * (rows * columns + 1));
  const entries = take(segments * samples * 4);

  const aliases = { E: elementTypes(dx.dtype).one };
  const pass = (byRow: boolean, before: Range, after: Range): Step<string>[] => {
    const buckets = byRow ? rows : columns;
    const chunked = {
      constants: { CHUNK, BY_ROW: byRow },
      uniforms: { samples, chunks, buckets, columns },
      threads: segments * chunks,
    };
    return [
      dispatch({ shaders: [sortShader, sortCountShader], ranges: [keys, before, counts], ...chunked }),
      dispatch({
        shaders: [sortScanShader],
        ranges: [counts],
        uniforms: { segments, counts: chunks * buckets },
        workgroups: segments,
      }),
      dispatch({ shaders: [sortShader, sortScatterShader], ranges: [keys, before, counts, after], ...chunked }),
    ];
  };
  const runs = Math.ceil(problem.C / offsetGroups / RUN) * offsetGroups;
  const steps = [
    deformableStep(deformable, {
      shaders: [deformKeysShader],
      ranges: [whole("offset", offset), keys, order[0]],
      aliases,
      threads: segments * samples,
    }),
    ...pass(false, order[0], order[1]),
    ...pass(true, order[1], order[0]),
    deformableStep(deformable, {
      shaders: [deformEntriesShader],
      ranges: [whole("offset", offset), keys, order[0], starts, entries],
      mask: mask && whole("mask", mask),
      aliases,
      threads: segments * (samples + 1),
    }),
    dispatch({
      shaders: [deformShader, deformGatherShader],
      constants: { RUN, CHANNELS_LAST: problem.layout === "channels-last" },
      aliases,
      ranges: [whole("dcolumns", dcolumns), starts, entries, whole("dx", dx)],
      uniforms: deformableUniforms(deformable),
      threads: (elementCount(dx.shape) / problem.C) * runs,
    }),
  ];
  return { steps, workspaceBytes: workspace.bytes };
}
