// `npm run inspect -- --model`: rates the candidates ranked first beside TensorFlow.js's kernels, on GPUs by their data sheets. Both by one model, that
// of the planner (docs/gpu.md): arithmetic by the share of multiply-adds, loads, the last cache, memory, and how many cores have work. It says
// which of two kernels keeps a GPU busier, and is no measurement.
import { parseArgs } from "node:util";
import { type Layer, describeLayer, descriptorOf, problemOf } from "../../bench/layer.ts";
import { LAYERS } from "../../bench/layers.ts";
import { formatTable } from "../../scripts/harness/table.ts";
import { type Rates, type Work, estimate, spent } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { rank } from "../../src/planner/choose.ts";
import { type ConvProblem, LAYOUTS, type Layout, multiplyAdds } from "../../src/problem/problem.ts";
import { GPUS, type ModelledGpu } from "./chips.ts";
import { tensorflowKernels } from "./tensorflow.ts";

/** The public layers that the table is about, one of each kind. */
export const MODELLED_LAYERS = ["L1", "L2", "L4", "L5", "L6", "L8", "L12", "L1bw"] as const;

/** Multiply-adds among the instructions of `direct`'s hot loop, by Mesa for Navi 21; the other algorithms count theirs. */
const DIRECT_SHARE = 0.77;

/** What one engine's kernels do on a GPU. */
export interface Rating {
  readonly name: string;
  readonly seconds: number;
  /** What the time of the longest dispatch goes to. */
  readonly bound: string;
}

function rated(name: string, work: readonly Work[], rates: Rates): Rating {
  const longest = work.toSorted((a, b) => estimate([b], rates) - estimate([a], rates))[0]!;
  const [bound] = Object.entries(spent(longest, rates)).toSorted(([, a], [, b]) => b - a)[0]!;
  return { name, seconds: estimate(work, rates), bound };
}

/**
 * Rates what the planner ranks first, at the speed of the chip.
 * @param calibrated whether it knows that speed, as after `engine.calibrate()`, or only what it assumes of the chip's class
 */
export function ratingOf(problem: ConvProblem, { traits: assumed, rates }: ModelledGpu, calibrated: boolean): Rating {
  const traits = calibrated ? { ...assumed, rates, cores: rates.cores } : assumed;
  const { algorithm, candidate } = rank(algorithms, lower(problem, traits), {}).ranked[0]!;
  const counted = (work: Work): Work =>
    algorithm === "direct" ? { instructions: work.multiplyAdds * (1 / DIRECT_SHARE - 1), ...work } : work;
  return rated(`${algorithm} ${candidate.variant}`.trim(), candidate.work.map(counted), rates);
}

/** Rates TensorFlow.js's kernels for the same problem. */
export function tensorflowRatingOf(problem: ConvProblem, { rates }: ModelledGpu): Rating {
  const { name, work } = tensorflowKernels(problem);
  return rated(name, work, rates);
}

/** The problem of a public layer. */
export function modelledProblem(layer: Layer, batch: number, layout: Layout): ConvProblem {
  return problemOf(layer.pass, descriptorOf(layer, layer.pass, { batch, layout, dtype: "f32" }));
}

/** Parses `--layout`, `--batch` and `--calibrated`. */
function optionsOf(argv: readonly string[]): { layout: Layout; batches: number[]; calibrated: boolean } {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      model: { type: "boolean" },
      calibrated: { type: "boolean", default: false },
      layout: { type: "string", default: "channels-first" },
      batch: { type: "string", default: "1,16" },
    },
  });
  const layout = LAYOUTS.find((one) => one === values.layout);
  if (!layout) throw new Error(`--layout is ${JSON.stringify(values.layout)}, expected one of ${LAYOUTS.join(", ")}`);
  const batches = values.batch.split(",").map(Number);
  if (!batches.every((batch) => Number.isInteger(batch) && batch > 0))
    throw new Error(`--batch is ${JSON.stringify(values.batch)}, expected integers`);
  return { layout, batches, calibrated: values.calibrated };
}

const COLUMNS = (
  ["layer", "batch", "GPU", "ranked first", "ms", "peak %", "bound", "TensorFlow.js", "ms", "bound", "times"] as const
).map((title) => ({ title, align: /ms|%|batch|times/.test(title) ? ("right" as const) : ("left" as const) }));

/** Prints the table. Returns whether no candidate ranked first is behind. */
export async function main({ argv }: { argv: readonly string[] }): Promise<boolean> {
  const { layout, batches, calibrated } = optionsOf(argv);
  const rows: string[][] = [];
  let ok = true;
  const milliseconds = ({ seconds }: Rating): string => (seconds * 1e3).toPrecision(3);
  for (const layer of LAYERS.filter(({ id }) => (MODELLED_LAYERS as readonly string[]).includes(id)))
    for (const batch of batches)
      for (const gpu of GPUS) {
        const problem = modelledProblem(layer, batch, layout);
        const own = ratingOf(problem, gpu, calibrated);
        const peer = tensorflowRatingOf(problem, gpu);
        const times = peer.seconds / own.seconds;
        ok &&= times >= 1;
        const peak = multiplyAdds(problem) / gpu.rates.multiplyAdds / own.seconds;
        rows.push([
          ...[`${layer.id} ${describeLayer(layer)}`, String(batch), gpu.name, own.name, milliseconds(own)],
          ...[(100 * peak).toFixed(0), own.bound, peer.name, milliseconds(peer), peer.bound, times.toFixed(2)],
        ]);
      }
  console.log(formatTable(COLUMNS, rows));
  console.log(
    "\nms: by the model, which predicts no times. peak %: of the multiply-adds of the direct method. times: TensorFlow.js's time over ours.",
  );
  return ok;
}
