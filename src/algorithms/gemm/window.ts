// The input of a convolution as a matrix of the tiled GEMM: a row for each output, a column for each cell of its window.
import channelsScalarShader from "../../../shaders/algorithms/gemm/channels-scalar.wgsl";
import channelsVectorShader from "../../../shaders/algorithms/gemm/channels-vector.wgsl";
import windowTapsShader from "../../../shaders/algorithms/gemm/window-taps.wgsl";
import windowTermsShader from "../../../shaders/algorithms/gemm/window-terms.wgsl";
import windowShader from "../../../shaders/algorithms/gemm/window.wgsl";
import type { Triple } from "../../base/shape.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { paddingSnippet } from "../../kernel/padding.ts";
import { BINDING } from "../../kernel/step.ts";
import { type Correlation, repeatsAgain, termCount } from "../../problem/correlation.ts";
import {
  type Snippets,
  alongAxes,
  dtypeOf,
  inputUniforms,
  isGated,
  kernelUniforms,
  paddedInput,
  whole,
  windowConstants,
} from "../operands.ts";
import type { MatrixBatch } from "./matrices.ts";

/** How the terms of a sum follow each other. */
export interface Runs {
  /** Whether a run has the channels of one tap; otherwise terms keep the order of the layout. */
  readonly byTap: boolean;
  /** Terms of a run, of which channels past the last are zeros. */
  readonly terms: number;
  /** Runs of all splits, and of each. */
  readonly all: number;
  readonly each: number;
  /** Blocks of channels of a tap, each a run. */
  readonly blocks: number;
}

/** Whether four neighbouring channels of a cell can be loaded at once. */
function inVectors(c: Correlation): boolean {
  const { x, C, groups } = c;
  const strides = [x.start, x.batch, x.group, ...x.spatial, C / groups];
  return x.channel === 1 && !isGated(c, "x") && strides.every((stride) => stride % 4 === 0);
}

/** The snippets that load four channels of a cell. */
function channelLoader(c: Correlation, vectors: boolean): Snippets {
  const input = paddedInput(c);
  if (!vectors) return { ...input, shaders: [...input.shaders, channelsScalarShader] };
  const { shader, constants } = paddingSnippet(c.paddingMode, repeatsAgain(c));
  return {
    shaders: [shader, channelsVectorShader],
    constants: { ...constants, PADDING_VALUE: { f32: c.paddingValue } },
    aliases: { A4: elementTypes(dtypeOf(c, "x")).four },
    bindings: [whole(BINDING.first, "x", c)],
  };
}

function snippetsOf(c: Correlation, { byTap, terms }: Runs, vectors: boolean): Snippets {
  const input = byTap ? channelLoader(c, vectors) : paddedInput(c);
  const flat = [c.input[0], c.kernel[0], c.output[0]].every((size) => size === 1) && c.padBegin[0] === 0;
  return {
    ...input,
    shaders: [...input.shaders, windowShader, byTap ? windowTapsShader : windowTermsShader],
    constants: {
      ...input.constants,
      ...windowConstants(c),
      FLAT: flat,
      ...(byTap ? { C_TAIL: (c.C / c.groups) % 4 !== 0 } : { RUN: terms, LINEAR: c.paddingMode === "zeros" }),
    },
  };
}

/** The strides of the input, in vectors of four channels. */
function inVectorUnits(c: Correlation): Correlation {
  const { x } = c;
  const [d, h, w] = x.spatial;
  const spatial: Triple = [d / 4, h / 4, w / 4];
  return { ...c, x: { ...x, start: x.start / 4, batch: x.batch / 4, group: x.group / 4, spatial } };
}

/** The input as A, whose terms follow each other in runs. */
export function windowMatrix(c: Correlation, runs: Runs): MatrixBatch {
  const vectors = runs.byTap && inVectors(c);
  const snippets = snippetsOf(c, runs, vectors);
  const place = inputUniforms(vectors ? inVectorUnits(c) : c);
  return {
    buffer: whole(BINDING.first, "x", c),
    ...{ row: 0, inner: 0, outer: 0 },
    window: {
      snippets,
      terms: runs.terms,
      rowsFirst: !runs.byTap || c.layout === "channels-first",
      uniforms: {
        ...{ runs: runs.each, allRuns: runs.all, groupC: c.C / c.groups, terms: termCount(c), blocks: runs.blocks },
        ...alongAxes("output", c.output, "output"),
        ...kernelUniforms(c),
        ...place,
      },
    },
  };
}
