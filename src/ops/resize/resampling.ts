// The steps of a resizing, or of a weighted mean over windows. A small kernel computes a table for each axis: the first cell and the weights of every output. Passes along one
// axis after the other sum by these tables, and gradients by the same tables, cell by cell. The passes are few for the kernels of any mode,
// and their shaders know no sizes.
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import alongShader from "../../../shaders/ops/resize/along.wgsl";
import axisShader from "../../../shaders/ops/resize/axis.wgsl";
import extrapolateShader from "../../../shaders/ops/resize/extrapolate.wgsl";
import gatherShader from "../../../shaders/ops/resize/gather.wgsl";
import kernelCubicShader from "../../../shaders/ops/resize/kernel-cubic.wgsl";
import kernelGaussianShader from "../../../shaders/ops/resize/kernel-gaussian.wgsl";
import kernelLinearShader from "../../../shaders/ops/resize/kernel-linear.wgsl";
import tableShader from "../../../shaders/ops/resize/table.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import type { Dtype } from "../../base/dtype.ts";
import { dilatedExtent, elementCount, type Triple } from "../../base/shape.ts";
import type { Recipe } from "../../gpu/operation.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { mapConstants, mapUniforms } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import { FEW_THREADS } from "../shared/pool-kernel.ts";
import { rowRuns } from "../shared/rows.ts";
import type { ResampledAxis, Resampling } from "./geometry.ts";
import { ceilOf, floorOf } from "./places.ts";

/** Lines that an invocation computes: they share weights. */
const RUN = 4;

/** Neighbours along a line that an invocation computes, the first that saves loads and keeps a GPU busy: they share what they sum. */
const SPANS = [4, 3, 2];

/** The most cells of an output that are gathered at once. */
const MAX_GATHERED = 8;

/** Rows of the table of an axis: the first cell and the weights of an output. */
interface Tables {
  readonly excludeOutside: boolean;
  readonly step: Step<string>;
  readonly range: Range<"workspace">;
  readonly axes: readonly Uniforms[];
  readonly resampled: readonly ResampledAxis[];
}

/** A resizing of a map, and the operands that are read and written. */
interface Resizing {
  readonly resampling: Resampling;
  /** The map of the cells. */
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  readonly ranges: readonly [Range, Range];
  readonly isSoftware: boolean;
}

/** Computes y from x or, transposed, dx from dy. */
export function resamplingRecipe(
  { resampling, map, dtype, ranges, isSoftware }: Resizing,
  transposed: boolean,
): Recipe {
  const { axes, mode, output, extrapolationValue } = resampling;
  const workspace = new Workspace();
  const tables = tablesOf(resampling, workspace);
  const isWhole = axes.every(({ inside, outputs }) => inside[0] === 0 && inside[1] === outputs);
  const [read, written] = ranges;
  const growth = ({ inputs, outputs }: ResampledAxis): number => (transposed ? inputs / outputs : outputs / inputs);
  const along = ([0, 1, 2] as const)
    .filter((axis) => axis === 2 || !isIdentity(axes[axis], mode))
    // Of equal growth, the larger pass is the one along the height, whose invocations compute several neighbours.
    .toSorted((a, b) => growth(axes[a]) - growth(axes[b]) || (transposed ? a - b : b - a));
  // One pass over few cells an output is cheaper than several, unless these grow the map.
  const few =
    along.length > 1 && elementsOf(output) <= elementsOf(map) && elementCount(axes.map(windowOf)) <= MAX_GATHERED;
  const gathers = !transposed && (mode === "nearest" ? isWhole : few);
  const steps: Step<string>[] = [tables.step];
  if (gathers) steps.push(gatherStep({ resampling, map, dtype, ranges }, tables));
  const passes = gathers ? [] : along;
  let from = transposed ? output : map;
  let operand = read;
  for (const [turn, axis] of passes.entries()) {
    const to = { ...from, size: from.size.with(axis, (transposed ? map : output).size[axis]) as unknown as Triple };
    const last = turn === passes.length - 1;
    const next = last ? written : workspace.numbers(elementsOf(to));
    const dtypes = [turn === 0 ? dtype : "f32", last ? dtype : "f32"] as const;
    steps.push(
      alongStep({ from, to, axis, dtypes, ranges: [operand, tables.range, next], transposed, isSoftware }, tables),
    );
    from = to;
    operand = next;
  }
  if (!transposed && !isWhole && extrapolationValue !== 0)
    steps.push(
      dispatch({
        shaders: [featureMapShader, extrapolateShader],
        constants: mapConstants(output),
        aliases: { E: elementTypes(dtype).one },
        ranges: [written],
        uniforms: {
          output: mapUniforms(output),
          begin: axes.map(({ inside }) => inside[0]),
          end: axes.map(({ inside }) => inside[1]),
          value: extrapolationValue,
        },
        threads: elementsOf(output),
      }),
    );
  return { steps, workspaceBytes: workspace.bytes };
}

/** Whether every output is the cell of its place. */
function isIdentity({ inputs, outputs, line, inside, taps }: ResampledAxis, mode: Resampling["mode"]): boolean {
  const interpolates = mode !== "gaussian" || taps === 1;
  const isSame = line.base === 0n && line.step === line.unit && inputs === outputs;
  return interpolates && isSame && inside[1] - inside[0] === outputs;
}

/** Neighbouring cells along an axis among which are those of an output. */
function windowOf({ taps, dilation, inputs }: ResampledAxis): number {
  return Math.min(dilatedExtent(taps, dilation), inputs);
}

/** The shaders of the kernels, beside "nearest", which needs none. */
const KERNELS = {
  nearest: kernelLinearShader,
  linear: kernelLinearShader,
  cubic: kernelCubicShader,
  gaussian: kernelGaussianShader,
};

function tablesOf(resampling: Resampling, workspace: Workspace): Tables {
  const { mode, before, excludeOutside, normalised, cubicCoefficient } = resampling;
  let words = 0;
  const axes = resampling.axes.map((axis): Uniforms => {
    const window = windowOf(axis);
    const table = words;
    words += axis.outputs * (window + 1);
    return { ...axisUniforms(axis, before), window, table };
  });
  const range = workspace.numbers(words);
  const [d, h, w] = axes;
  const step = dispatch({
    shaders: [axisShader, KERNELS[mode], tableShader],
    constants: {
      ...{ NEAREST: mode === "nearest", BEFORE: before, EXCLUDE: excludeOutside, NORMALISED: normalised },
      ...(mode === "cubic" && { COEFFICIENT: { f32: cubicCoefficient } }),
    },
    ranges: [range],
    uniforms: { d: d!, h: h!, w: w! },
    threads: resampling.axes.reduce((all, { outputs }) => all + outputs, 0),
  });
  return { excludeOutside, step, range, axes, resampled: resampling.axes };
}

/** The fields of the struct Axis of shaders/ops/resize/axis.wgsl, without those of the table. */
function axisUniforms(axis: ResampledAxis, before: boolean): Uniforms {
  const { inputs, outputs, line, first, taps, dilation, centre, narrow, inside } = axis;
  const { base, step, unit } = line;
  const [begin, end] = inside;
  const extent = dilatedExtent(taps, dilation);
  // Rounded up, so that a place on a cell is not before it; the inverse rounded down, since its ceiling is taken.
  const places = { step: wordsOf(ceilOf(step << 64n, unit)), base: wordsOf(ceilOf(base << 64n, unit)) };
  const [sign, size] = step < 0n ? [-1n, -step] : [1n, step];
  const back = (of: bigint): bigint => floorOf(sign * (of << 64n), size);
  const limit = BigInt(outputs + 1) << 64n;
  // Where steps are so small that the inverse is out of range, every output may have a cell.
  const known = step !== 0n && unit * BigInt(inputs + extent) < size << 31n;
  const none = [0, 0, 0];
  const ranges = known
    ? {
        back: wordsOf(back(unit)),
        low: wordsOf(back(BigInt(1 - first - extent) * unit - base)),
        high: wordsOf(back(BigInt(1 - first) * unit - base)),
      }
    : { back: none, low: none, high: wordsOf(limit) };
  return {
    inputs,
    outputs,
    begin,
    end,
    first,
    taps,
    dilation,
    centre,
    narrow,
    margin: before || step < 0n ? 1 : 0,
    ...places,
    ...ranges,
  };
}

/** A whole number of 96 bits, the highest word first. */
function wordsOf(value: bigint): number[] {
  return [64n, 32n, 0n].map((shift) => Number(BigInt.asUintN(32, value >> shift)));
}

interface Pass {
  readonly from: FeatureMap;
  readonly to: FeatureMap;
  readonly axis: 0 | 1 | 2;
  readonly dtypes: readonly [Dtype, Dtype];
  readonly ranges: readonly [Range, Range, Range];
  readonly transposed: boolean;
  readonly isSoftware: boolean;
}

function alongStep(
  { from, to, axis, dtypes, ranges, transposed, isSoftware }: Pass,
  { axes, resampled, excludeOutside }: Tables,
): Step<string> {
  const { N, channels, size, layout } = from;
  const last = layout === "channels-last";
  const cells = elementCount(size.slice(axis + 1)) * (last ? channels : 1);
  const wide = cells % 4 === 0;
  const inner = wide ? cells / 4 : cells;
  const allLines = N * elementCount(size.slice(0, axis)) * (last ? 1 : channels) * inner;
  const length = to.size[axis];
  const run = allLines * length < FEW_THREADS ? 1 : Math.min(RUN, allLines);
  const lines = Math.ceil(allLines / run);
  // Neighbouring invocations of a GPU store neighbouring numbers, so those of one line compute one each. Gradients gain nothing: a cell has many
  // outputs.
  const span = transposed || (inner === 1 && !isSoftware) ? 1 : spanOf(resampled[axis]!, length, lines);
  const type = (dtype: Dtype): string => elementTypes(dtype)[wide ? "four" : "one"];
  const inWorkspace = ({ operand }: Range): boolean => operand === "workspace";
  const [read, , written] = ranges;
  return dispatch({
    shaders: [axisShader, alongShader],
    constants: { RUN: run, SPAN: span, TRANSPOSED: transposed, EXCLUDE: excludeOutside },
    aliases: { E: type(dtypes[0]), F: type(dtypes[1]), V: type("f32") },
    ranges,
    ...(inWorkspace(written) && { readWrite: inWorkspace(read) ? [1, 2] : [2] }),
    uniforms: { lines, allLines, inner, axis: axes[axis]! },
    threads: lines * Math.ceil(length / span),
  });
}

/** Neighbours along each of so many lines that an invocation computes. With the lines of a run it has enough loads in flight. */
function spanOf(axis: ResampledAxis, length: number, lines: number): number {
  const [step, window] = [Math.abs(Number(axis.line.step) / Number(axis.line.unit)), windowOf(axis)];
  const saves = (span: number): boolean => (span - 1) * step + window <= 0.75 * span * window;
  const groups = (span: number): number => Math.ceil(length / span);
  const fits = (span: number): boolean =>
    groups(span) * span <= 1.25 * length && groups(span) * lines >= FEW_THREADS / 2;
  return SPANS.find((span) => saves(span) && fits(span)) ?? 1;
}

function gatherStep(
  { resampling, map, dtype, ranges }: Omit<Resizing, "isSoftware">,
  { range, axes }: Tables,
): Step<string> {
  const { N, channels, layout } = map;
  const { size } = resampling.output;
  const last = layout === "channels-last";
  const wide = last && channels % 4 === 0;
  const lanes = wide ? "four" : "one";
  const inner = last ? channels / (wide ? 4 : 1) : 1;
  const rows = N * (last ? 1 : channels) * size[0] * size[1];
  const row = size[2] * inner;
  const { run, rowThreads, threads } = rowRuns(rows, row);
  const [d, h, w] = axes;
  const [x, y] = ranges;
  return dispatch({
    shaders: [axisShader, gatherShader],
    constants: {
      ...alongAxes("WINDOW_", resampling.axes.map(windowOf) as unknown as Triple),
      ...{ RUN: run, WEIGHTED: resampling.mode !== "nearest" },
    },
    aliases: { E: elementTypes(dtype)[lanes], V: elementTypes("f32")[lanes] },
    ranges: [x, range, y],
    uniforms: { rowThreads, row, inner, d: d!, h: h!, w: w! },
    threads,
  });
}
