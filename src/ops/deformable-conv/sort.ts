// The gradient of a deformable convolution with respect to its input: for each image and offset group, its samples are sorted by the cell at
// or before them, by columns and then by rows, with a counting sort that keeps the order of equals (Knuth, The Art of Computer Programming,
// volume 3, section 5.2, algorithm D; least significant digit first, section 5.2.5). Chunks of samples are counted by one invocation
// each, so that nothing is atomic and the order never differs. A cell is then a corner of the samples of two runs: those of its own row
// and of the row before, in its own column and the column before.
import { elementTypes } from "../../kernel/element-types.ts";
import { type Step, STORAGE_ALIGNMENT, WORKGROUP_SIZE } from "../../kernel/step.ts";
import { elementCount, roundUp } from "../../base/shape.ts";
import type { Deformable } from "./geometry.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import { deformableStep, deformableWords } from "./step.ts";
import sortShader from "../../../shaders/ops/deformable-conv/sort.wgsl";
import sortScanShader from "../../../shaders/ops/deformable-conv/sort-scan.wgsl";
import deformShader from "../../../shaders/ops/deformable-conv/deform.wgsl";
import deformGatherShader from "../../../shaders/ops/deformable-conv/deform-gather.wgsl";

/** Samples that one invocation counts: more make fewer counts to add up, and fewer invocations. */
const CHUNK = 128;

/** Channels of a cell that an invocation gathers: they share what is known of the samples. */
const RUN = 8;

interface Tensors {
  readonly dcolumns: TensorDescription;
  readonly offset: TensorDescription;
  readonly mask: TensorDescription | undefined;
  readonly dx: TensorDescription;
}

/** Reads dcolumns, offset and mask, and writes dx. */
export function gatherRecipe(deformable: Deformable, { dcolumns, offset, mask, dx }: Tensors): Recipe {
  const { problem, offsetGroups } = deformable;
  const [, height, width] = problem.input;
  const samples = problem.kernel[1] * problem.kernel[2] * problem.output[1] * problem.output[2];
  const segments = problem.N * offsetGroups;
  // Rows and columns from -1 to the last, and one bucket for samples that lie on none.
  const [rows, columns] = [height + 2, width + 2];
  const chunks = Math.ceil(samples / CHUNK);

  let workspaceBytes = 0;
  const take = (words: number): Range => {
    const range = { operand: "workspace", offset: workspaceBytes, size: words * 4 };
    workspaceBytes += roundUp(range.size, STORAGE_ALIGNMENT);
    return range;
  };
  const keys = take(segments * samples);
  const order = [take(segments * samples), take(segments * samples)] as const;
  const counts = take(segments * chunks * Math.max(rows, columns));
  const starts = take(segments * (rows * columns + 1));
  const entries = take(segments * samples * 4);

  const aliases = { E: elementTypes(dx.dtype).one };
  const maskRange = mask && whole("mask", mask);
  const pass = (byRow: boolean, before: Range, after: Range): Step<string>[] => {
    const buckets = byRow ? rows : columns;
    const words = (threads: number): number[] => [threads, samples, chunks, buckets, columns];
    const constants = { CHUNK, BY_ROW: byRow };
    const threads = segments * chunks;
    const step = (kernel: string, ranges: Range[]): Step<string> =>
      dispatch({ shaders: [sortShader, `ops/${kernel}`], constants, ranges, uniforms: words(threads), threads });
    return [
      step("sort-count", [keys, before, counts]),
      dispatch({
        shaders: [sortScanShader],
        ranges: [counts],
        uniforms: [segments, chunks * buckets],
        threads: segments * WORKGROUP_SIZE,
      }),
      step("sort-scatter", [keys, before, counts, after]),
    ];
  };
  const runs = Math.ceil(problem.C / offsetGroups / RUN) * offsetGroups;
  const gathering = (elementCount(dx.shape) / problem.C) * runs;
  const steps = [
    deformableStep("deform-keys", deformable, {
      ranges: [whole("offset", offset), keys, order[0]],
      aliases,
      constants: {},
      threads: segments * samples,
    }),
    ...pass(false, order[0], order[1]),
    ...pass(true, order[1], order[0]),
    deformableStep("deform-entries", deformable, {
      ranges: [whole("offset", offset), keys, order[0], starts, entries],
      mask: maskRange,
      aliases,
      constants: {},
      threads: segments * (samples + 1),
    }),
    dispatch({
      shaders: [deformShader, deformGatherShader],
      constants: { RUN, CHANNELS_LAST: problem.layout === "channels-last" },
      aliases,
      ranges: [whole("dcolumns", dcolumns), starts, entries, whole("dx", dx)],
      uniforms: deformableWords(deformable, gathering),
      threads: gathering,
    }),
  ];
  return { steps, workspaceBytes };
}
