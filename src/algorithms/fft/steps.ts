// The dispatches of a plan: transforms of the weights and of the input, products for each frequency, transforms back.
import dft1 from "../../../shaders/algorithms/fft/dft/1.wgsl";
import dft2 from "../../../shaders/algorithms/fft/dft/2.wgsl";
import dft3 from "../../../shaders/algorithms/fft/dft/3.wgsl";
import dft4 from "../../../shaders/algorithms/fft/dft/4.wgsl";
import dft5 from "../../../shaders/algorithms/fft/dft/5.wgsl";
import dft7 from "../../../shaders/algorithms/fft/dft/7.wgsl";
import dft8 from "../../../shaders/algorithms/fft/dft/8.wgsl";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Binding, type Constant, type Kernel, type Step, WORKGROUP_SIZE, gridFor } from "../../kernel/step.ts";
import { type Correlation, seenCells } from "../../problem/correlation.ts";
import { type Loader, epilogueBindings, epilogueConstants, epilogueShaders, inputAlias, inputWords, loader, outputAlias, paddingShader, preparedRange, scratch, weightWords, whole } from "../operands.ts";
import { blockOf } from "./blocks.ts";
import { type Chunks, COMPLEX_BYTES, type Part } from "./chunks.ts";
import { type Radix, passes, realPasses, storedLength } from "./lengths.ts";
import { type Tiling, perAxis, spectrumSize, tileCells } from "./tiling.ts";
import { floatWord, roots, rowVectors, twiddleStep, twiddleWords } from "./twiddles.ts";
import lineShader from "../../../shaders/algorithms/fft/line.wgsl";
import twiddlesShader from "../../../shaders/algorithms/fft/twiddles.wgsl";
import mainShader from "../../../shaders/lib/main.wgsl";
import forwardShader from "../../../shaders/algorithms/fft/forward.wgsl";
import passShader from "../../../shaders/algorithms/fft/pass.wgsl";
import sourceKernelShader from "../../../shaders/algorithms/fft/source-kernel.wgsl";
import sourceInputShader from "../../../shaders/algorithms/fft/source-input.wgsl";
import productShader from "../../../shaders/algorithms/fft/product.wgsl";
import inverseShader from "../../../shaders/algorithms/fft/inverse.wgsl";

/** Discrete Fourier transforms of so many points. */
const DFT_SHADERS: Readonly<Record<number, Shader>> = {
  1: dft1,
  2: dft2,
  3: dft3,
  4: dft4,
  5: dft5,
  7: dft7,
  8: dft8,
};

/** Signals of one dispatch: so many real lines lie next to each other in its spectra. */
interface Signals {
  readonly tiling: Tiling;
  readonly count: number;
  /** Where the spectra lie. */
  readonly buffer: Omit<Binding, "binding">;
}

/** What the kernels with a line in registers share: `span` numbers follow each of the radix in the order of the axis. */
function lineKernel(
  radix: Radix,
  span: number,
): Pick<Kernel, "functions"> & { shaders: Shader[]; constants: Record<string, Constant> } {
  const { size, first, second } = radix;
  const butterflies = new Set([first, second]);
  if (butterflies.has(8)) butterflies.add(4);
  return {
    shaders: [...[...butterflies].map((points) => DFT_SHADERS[points]!), lineShader, twiddlesShader],
    functions: { first_dft: `dft${first}`, second_dft: `dft${second}` },
    constants: {
      WORKGROUP_SIZE,
      RADIX: size,
      FIRST: first,
      SECOND: second,
      ROOTS: { f32s: roots(size) },
      TWIDDLES: span > 1,
      TWIDDLE_STEP: twiddleStep(size),
      TWIDDLE_VECTORS: rowVectors(size),
      TWIDDLE_ROWS: span,
    },
  };
}

/** The first pass, from real cells; `source` names the snippet that loads them. */
function forwardStep(
  { tiling, count, buffer }: Signals,
  from: Loader,
  kernel: { shaders: Shader[]; constants: Record<string, Constant>; aliases: Record<string, string> },
  source: readonly number[],
): Step {
  const [d, h, w] = perAxis(tiling, ({ length }) => length);
  const [radix] = realPasses(w)!;
  const span = w / radix!.size;
  const line = lineKernel(radix!, span);
  const threads = d * h * span * count;
  return {
    kernel: {
      ...line,
      shaders: [mainShader, ...from.shaders, ...kernel.shaders, ...line.shaders, forwardShader],
      aliases: kernel.aliases,
      constants: { ...from.constants, ...line.constants, ...kernel.constants },
    },
    bindings: [...from.bindings, { ...buffer, binding: BINDING.output }],
    uniforms: [threads, count, span, h, ...source, ...twiddleWords(radix!.size, span)],
    workgroups: gridFor(threads),
  };
}

/** A pass in place. */
function passStep({ tiling, count, buffer }: Signals, radix: Radix, span: number, inner: number, back: boolean): Step {
  const line = lineKernel(radix, span);
  const threads = (spectrumSize(tiling) * count) / radix.size;
  return {
    kernel: {
      ...line,
      shaders: [mainShader, ...line.shaders, passShader],
      // Without twiddles both ways are one kernel.
      constants: { ...line.constants, BACK: back && span > 1 },
    },
    bindings: [{ ...buffer, binding: BINDING.output }],
    uniforms: [threads, span, inner, 0, ...twiddleWords(radix.size, span)],
    workgroups: gridFor(threads),
  };
}

/** All passes in place, in the order of the way forward: along the width after its first, along the height, along the depth. */
function passSteps(signals: Signals, back: boolean): Step[] {
  const [d, h, w] = perAxis(signals.tiling, ({ length }) => length);
  const stored = storedLength(w);
  const steps: Step[] = [];
  const along = (radices: readonly Radix[], length: number, inner: number): void => {
    let span = length;
    for (const radix of radices) {
      span /= radix.size;
      steps.push(passStep(signals, radix, span, inner, back));
    }
  };
  const [first, ...rest] = realPasses(w)!;
  along(rest, w / first!.size, signals.count);
  along(passes(h)!, h, stored * signals.count);
  along(passes(d)!, d, h * stored * signals.count);
  return back ? steps.toReversed() : steps;
}

/** The spectra of a part's weights. */
export function weightSteps(correlation: Correlation, tiling: Tiling, part: Part): Step[] {
  const { groups, kernel, dilation } = correlation;
  const groupC = correlation.C / groups;
  const buffer = preparedRange(BINDING.output, part.offset, part.bytes);
  const signals = { tiling, count: part.groups * groupC * part.outputs, buffer };
  return [
    forwardStep(
      signals,
      loader(correlation, "w", BINDING.first),
      {
        shaders: [sourceKernelShader],
        constants: {},
        aliases: inputAlias(correlation),
      },
      [
        ...[groupC, part.outputs, part.firstOutput, 0],
        ...[...kernel, ...dilation],
        ...[floatWord(1 / tileCells(tiling)), part.firstGroup],
        ...[...weightWords(correlation), 0],
      ],
    ),
    ...passSteps(signals, false),
  ];
}

/** Whether anything but zeros lies past the cells that outputs see: it would add to the errors of a tile that reaches there. */
function isCut(correlation: Correlation): boolean {
  const { input, padBegin, paddingMode, paddingValue } = correlation;
  const unseen = seenCells(correlation).some((size, axis) => size < padBegin[axis]! + input[axis]!);
  return unseen || paddingMode !== "zeros" || paddingValue !== 0;
}

/** The spectra of a range of tiles of the channels of a part's groups. */
export function inputSteps(
  correlation: Correlation,
  tiling: Tiling,
  part: Part,
  tiles: { first: number; count: number },
): Step[] {
  const groupC = correlation.C / correlation.groups;
  const count = part.groups * groupC * tiles.count;
  const buffer = scratch(BINDING.output, 0, spectrumSize(tiling) * count * COMPLEX_BYTES);
  const signals = { tiling, count, buffer };
  const { stride } = correlation;
  return [
    forwardStep(
      signals,
      loader(correlation, "x", BINDING.first),
      {
        shaders: [paddingShader(correlation), sourceInputShader],
        constants: {
          PADDING_VALUE: { f32: correlation.paddingValue },
          PAST_END: isCut(correlation),
        },
        aliases: inputAlias(correlation),
      },
      [
        ...[tiles.count, tiles.first, part.firstGroup * groupC],
        ...perAxis(tiling, (axis) => axis.tiles),
        ...tiling.map(({ outputs }, axis) => outputs * stride[axis]!),
        ...correlation.padBegin,
        ...[...correlation.input, groupC],
        ...[...inputWords(correlation), 0],
        ...seenCells(correlation).map((size, axis) => size - correlation.padBegin[axis]!),
        0,
      ],
    ),
    ...passSteps(signals, false),
  ];
}

/** The products of a part's weights and a range of tiles, and their way back to outputs. */
export function outputSteps(
  correlation: Correlation,
  tiling: Tiling,
  chunks: Chunks,
  part: Part,
  tiles: { first: number; count: number },
): Step[] {
  const groupC = correlation.C / correlation.groups;
  const count = part.groups * part.outputs * tiles.count;
  const bytes = spectrumSize(tiling) * COMPLEX_BYTES;
  const buffer = scratch(BINDING.output, chunks.inputBytes, bytes * count);
  const { tileK, tileT } = blockOf(part.outputs, tiles.count);
  const blocksK = Math.ceil(part.outputs / tileK);
  const blocksT = Math.ceil(tiles.count / tileT);
  const threads = spectrumSize(tiling) * part.groups * blocksK * blocksT;
  const product: Step = {
    kernel: {
      shaders: [mainShader, productShader],
      constants: {
        WORKGROUP_SIZE,
        TILE_K: tileK,
        TILE_T: tileT,
        K_TAIL: part.outputs % tileK !== 0,
        T_TAIL: tiles.count % tileT !== 0,
      },
    },
    bindings: [
      scratch(BINDING.first, 0, bytes * part.groups * groupC * tiles.count),
      preparedRange(BINDING.second, part.offset, part.bytes),
      buffer,
    ],
    uniforms: [threads, blocksT, blocksK, groupC, part.outputs, tiles.count],
    workgroups: gridFor(threads),
  };
  return [
    product,
    ...passSteps({ tiling, count, buffer }, true),
    inverseStep(correlation, tiling, buffer, part, tiles),
  ];
}

function inverseStep(
  correlation: Correlation,
  tiling: Tiling,
  buffer: Binding,
  part: Part,
  tiles: { first: number; count: number },
): Step {
  const [, rowsH, width] = perAxis(tiling, ({ length }) => length);
  const [stepO, stepP, stepQ] = perAxis(tiling, ({ outputs }) => outputs);
  const count = part.groups * part.outputs * tiles.count;
  const { y } = correlation;
  const [radix] = realPasses(width)!;
  const span = width / radix!.size;
  const line = lineKernel(radix!, span);
  const threads = stepO * stepP * span * count;
  const uniforms = [
    ...[threads, count, span, rowsH],
    ...[tiles.count, tiles.first, (part.firstGroup * correlation.K) / correlation.groups + part.firstOutput],
    ...perAxis(tiling, (axis) => axis.tiles),
    ...[stepO, stepP, stepQ],
    ...correlation.output,
    ...correlation.stride,
    ...[y.start, y.batch, y.channel, ...y.spatial],
    // Up to the vectors of twiddles.
    ...[0, 0, 0],
    ...twiddleWords(radix!.size, span),
  ];
  return {
    kernel: {
      ...line,
      shaders: [mainShader, ...epilogueShaders(correlation.epilogue), ...line.shaders, inverseShader],
      aliases: outputAlias(correlation),
      constants: { ...line.constants, WORKGROUP_SIZE, ...epilogueConstants(correlation.epilogue) },
    },
    bindings: [
      { ...buffer, binding: BINDING.first },
      whole(BINDING.output, "y", correlation),
      ...epilogueBindings(correlation),
    ],
    uniforms,
    workgroups: gridFor(threads),
  };
}
