// The steps of convolution by FFT: transforms of the weights and of the input, a product for each frequency, inverse transforms.
import dft1 from "../../../shaders/algorithms/fft/dft/1.wgsl";
import dft2 from "../../../shaders/algorithms/fft/dft/2.wgsl";
import dft4 from "../../../shaders/algorithms/fft/dft/4.wgsl";
import dft8 from "../../../shaders/algorithms/fft/dft/8.wgsl";
import oddShader from "../../../shaders/algorithms/fft/dft/odd.wgsl";
import forwardShader from "../../../shaders/algorithms/fft/forward.wgsl";
import inverseShader from "../../../shaders/algorithms/fft/inverse.wgsl";
import lineShader from "../../../shaders/algorithms/fft/line.wgsl";
import passShader from "../../../shaders/algorithms/fft/pass.wgsl";
import productShader from "../../../shaders/algorithms/fft/product.wgsl";
import sourceInputShader from "../../../shaders/algorithms/fft/source-input.wgsl";
import sourceKernelShader from "../../../shaders/algorithms/fft/source-kernel.wgsl";
import twiddlesShader from "../../../shaders/algorithms/fft/twiddles.wgsl";
import { dispatch } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Binding, type Constant, type Kernel, type Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { type Correlation, seenEnd } from "../../problem/correlation.ts";
import {
  type Snippets,
  alongAxes,
  dispatchOn,
  inputUniforms,
  loader,
  outputUniforms,
  paddedInput,
  preparedRange,
  result,
  scratch,
  weightUniforms,
} from "../operands.ts";
import { blockOf } from "./blocks.ts";
import { type Chunks, COMPLEX_BYTES, type WeightSlice } from "./chunks.ts";
import { type Radix, passes, realPasses, storedLength } from "./lengths.ts";
import {
  type TileRange,
  type Tiling,
  inputRange,
  inputTiles,
  partCount,
  partsOf,
  perAxis,
  rowEnds,
  spectrumSize,
  tileCells,
} from "./tiling.ts";
import { roots, rowVectors, twiddleRows, twiddleStep, twiddles } from "./twiddles.ts";

/** Discrete Fourier transforms, by their number of points; others are odd. */
const DFT_SHADERS: Readonly<Record<number, Shader>> = { 1: dft1, 2: dft2, 4: dft4, 8: dft8 };

/** The signals of one dispatch; their spectra are interleaved. */
interface Signals {
  readonly tiling: Tiling;
  readonly count: number;
  /** The range of the spectra. */
  readonly buffer: Omit<Binding, "binding">;
}

/** The common part of the kernels that hold a line in registers. */
interface LineKernel extends Pick<Kernel, "functions"> {
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<string, Constant>>;
}

/** The kernel of a pass of `radix`; later passes along the axis transform `span` positions. */
function lineKernel(radix: Radix, span: number): LineKernel {
  const { size, first, second } = radix;
  const butterflies = new Set([first, second]);
  if (butterflies.has(8)) butterflies.add(4);
  const odd = [first, second].find((points) => !DFT_SHADERS[points]);
  const nameOf = (points: number): string => (points === odd ? "dft_odd" : `dft${points}`);
  return {
    shaders: [...[...butterflies].map((points) => DFT_SHADERS[points] ?? oddShader), lineShader, twiddlesShader],
    functions: { first_dft: nameOf(first), second_dft: nameOf(second) },
    constants: {
      RADIX: size,
      FIRST: first,
      SECOND: second,
      ROOTS: { f32s: roots(size) },
      ...(odd && { ODD: odd, ODD_ROOTS: { f32s: roots(odd) } }),
      TWIDDLES: span > 1,
      TWIDDLE_STEP: twiddleStep(size),
      TWIDDLE_VECTORS: rowVectors(size),
      TWIDDLE_ROWS: twiddleRows(span),
    },
  };
}

/** The source of a forward transform: the snippet that loads its cells, and the uniforms of the snippet. */
interface Source {
  readonly shaders: readonly Shader[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly uniforms: Uniforms;
}

/** The first pass of a forward transform, from real cells. */
function forwardStep({ tiling, count, buffer }: Signals, from: Snippets, source: Source): Step {
  const [d, h, w] = perAxis(tiling, ({ length }) => length);
  const [radix] = realPasses(w, tiling[2].held);
  const span = w / radix!.size;
  const line = lineKernel(radix!, span);
  return dispatchOn([from, source, line], {
    functions: line.functions,
    threads: d * h * span * count,
    shaders: [forwardShader],
    ranges: [{ ...buffer, binding: BINDING.output }],
    uniforms: { signals: count, span, rowsH: h, source: source.uniforms, twiddles: twiddles(radix!.size, span) },
  });
}

/** A later pass, in place. */
function passStep({ tiling, count, buffer }: Signals, radix: Radix, span: number, inner: number, back: boolean): Step {
  const line = lineKernel(radix, span);
  return dispatchOn([line], {
    functions: line.functions,
    threads: (spectrumSize(tiling) * count) / radix.size,
    shaders: [passShader],
    // Without twiddles both directions are one kernel.
    constants: { BACK: back && span > 1 },
    ranges: [{ ...buffer, binding: BINDING.output }],
    uniforms: { span, inner, twiddles: twiddles(radix.size, span) },
  });
}

/** All later passes: along the width, the height and the depth in the forward direction, in reverse order for the inverse. */
function passSteps(signals: Signals, back: boolean): Step[] {
  const [d, h, w] = perAxis(signals.tiling, ({ length }) => length);
  const [{ held }] = signals.tiling;
  const stored = storedLength(w, held);
  const steps: Step[] = [];
  const along = (radices: readonly Radix[], length: number, inner: number): void => {
    let span = length;
    for (const radix of radices) {
      span /= radix.size;
      steps.push(passStep(signals, radix, span, inner, back));
    }
  };
  const [first, ...rest] = realPasses(w, held);
  along(rest, w / first!.size, signals.count);
  along(passes(h, held), h, stored * signals.count);
  along(passes(d, held), d, h * stored * signals.count);
  return back ? steps.toReversed() : steps;
}

/** Transforms the weights of a slice. */
export function weightSteps(correlation: Correlation, tiling: Tiling, slice: WeightSlice): Step[] {
  const { groups, kernel, dilation } = correlation;
  const groupC = correlation.C / groups;
  const buffer = preparedRange(BINDING.output, slice.offset, slice.bytes);
  const signals = { tiling, count: slice.groups * partCount(tiling) * groupC * slice.outputs, buffer };
  const source = {
    shaders: [sourceKernelShader],
    uniforms: {
      groupC,
      outputs: slice.outputs,
      firstOutput: slice.firstOutput,
      firstGroup: slice.firstGroup,
      ...alongAxes("kernel", kernel),
      ...alongAxes("dilation", dilation),
      ...alongAxes(
        "part",
        perAxis(tiling, ({ part }) => part),
      ),
      ...alongAxes("parts", partsOf(tiling)),
      scale: 1 / tileCells(tiling),
      ...weightUniforms(correlation),
    },
  };
  return [forwardStep(signals, loader(correlation, "w", BINDING.first), source), ...passSteps(signals, false)];
}

/** Whether there are nonzero values past the last cells that outputs see: they would add to the errors of a tile that reaches there. */
function isCut(correlation: Correlation): boolean {
  const { input, paddingMode, paddingValue } = correlation;
  const unseen = seenEnd(correlation).some((end, axis) => end < input[axis]!);
  return unseen || paddingMode !== "zeros" || paddingValue !== 0;
}

/** Transforms the input of a range of tiles, for the input channels of a slice's groups. */
export function inputSteps(correlation: Correlation, tiling: Tiling, slice: WeightSlice, tiles: TileRange): Step[] {
  const groupC = correlation.C / correlation.groups;
  const inputs = inputRange(tiling, tiles);
  const count = slice.groups * groupC * inputs.count;
  const buffer = scratch(BINDING.output, 0, spectrumSize(tiling) * count * COMPLEX_BYTES);
  const signals = { tiling, count, buffer };
  const { stride } = correlation;
  const steps = perAxis(tiling, (axis) => axis.outputs);
  const source = {
    shaders: [sourceInputShader],
    constants: { PAST_END: isCut(correlation) },
    uniforms: {
      tiles: inputs.count,
      firstTile: inputs.first,
      firstChannel: slice.firstGroup * groupC,
      groupC,
      ...alongAxes("tiles", perAxis(tiling, inputTiles)),
      ...alongAxes("step", [steps[0] * stride[0], steps[1] * stride[1], steps[2] * stride[2]]),
      ...alongAxes("end", seenEnd(correlation)),
      ...inputUniforms(correlation),
    },
  };
  return [forwardStep(signals, paddedInput(correlation), source), ...passSteps(signals, false)];
}

/** The largest block of spectra that a thread multiplies in first calls. */
const BRIEF = { tileK: 2, tileT: 2 };

/** Multiplies the spectra of a slice's weights and of a range of tiles, and transforms the products to outputs. */
export function outputSteps(
  correlation: Correlation,
  tiling: Tiling,
  chunks: Chunks,
  slice: WeightSlice,
  tiles: TileRange,
): Step[] {
  const groupC = correlation.C / correlation.groups;
  const count = slice.groups * slice.outputs * tiles.count;
  const bytes = spectrumSize(tiling) * COMPLEX_BYTES;
  const buffer = scratch(BINDING.output, chunks.inputBytes, bytes * count);
  const block = blockOf(slice.outputs, tiles.count, tiling[0].held);
  const inputs = inputRange(tiling, tiles);
  const { every, skip } = rowEnds(tiling);
  const [, partsH, partsW] = partsOf(tiling);
  const terms = groupC * partCount(tiling);
  const product = ({ tileK, tileT }: typeof block): Step => {
    const blocksK = Math.ceil(slice.outputs / tileK);
    const blocksT = Math.ceil(tiles.count / tileT);
    return dispatch({
      threads: spectrumSize(tiling) * slice.groups * blocksK * blocksT,
      shaders: [productShader],
      constants: {
        TILE_K: tileK,
        TILE_T: tileT,
        K_TAIL: slice.outputs % tileK !== 0,
        IN_PARTS: terms > groupC,
      },
      ranges: [
        scratch(BINDING.first, 0, bytes * slice.groups * groupC * inputs.count),
        preparedRange(BINDING.second, slice.offset, slice.bytes),
        buffer,
      ],
      uniforms: {
        ...{ blocksT, blocksK, groupC, terms, outputs: slice.outputs, tiles: tiles.count },
        inputs: inputs.count,
        firstTile: tiles.first,
        firstInput: inputs.first,
        ...alongAxes("every", every),
        ...alongAxes("skip", skip),
        partsH,
        partsW,
      },
    });
  };
  const brief = product({ tileK: Math.min(block.tileK, BRIEF.tileK), tileT: Math.min(block.tileT, BRIEF.tileT) });
  return [
    { ...product(block), brief },
    ...passSteps({ tiling, count, buffer }, true),
    inverseStep(correlation, tiling, buffer, slice, tiles),
  ];
}

/** The last pass of the inverse transform, which writes outputs and applies the epilogue. */
function inverseStep(
  correlation: Correlation,
  tiling: Tiling,
  buffer: Binding,
  slice: WeightSlice,
  tiles: TileRange,
): Step {
  const [, rowsH, width] = perAxis(tiling, ({ length }) => length);
  const steps = perAxis(tiling, ({ outputs }) => outputs);
  const count = slice.groups * slice.outputs * tiles.count;
  const { K, groups, stride } = correlation;
  const [radix] = realPasses(width, tiling[2].held);
  const span = width / radix!.size;
  const line = lineKernel(radix!, span);
  return dispatchOn([result(correlation), line], {
    functions: line.functions,
    threads: steps[0] * steps[1] * span * count,
    shaders: [inverseShader],
    ranges: [{ ...buffer, binding: BINDING.first }],
    uniforms: {
      signals: count,
      span,
      rowsH,
      tiles: tiles.count,
      firstTile: tiles.first,
      firstChannel: (slice.firstGroup * K) / groups + slice.firstOutput,
      ...alongAxes(
        "tiles",
        perAxis(tiling, (axis) => axis.tiles),
      ),
      ...alongAxes("step", steps, "output"),
      ...alongAxes("stride", stride),
      ...outputUniforms(correlation),
      twiddles: twiddles(radix!.size, span),
    },
  });
}
