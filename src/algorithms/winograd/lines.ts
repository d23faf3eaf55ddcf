// Winograd's transforms line by line, for adapters with workgroup memory (lines.wgsl). A thread that transforms a whole tile of F(4, 3) holds 36 numbers
// in unrolled code: on one machine Mesa took 187 ms to compile the three transforms for Navi 21, and 58 ms by lines.
import filterLinesShader from "../../../shaders/algorithms/winograd/filter-lines.wgsl";
import inputLinesShader from "../../../shaders/algorithms/winograd/input-lines.wgsl";
import linesShader from "../../../shaders/algorithms/winograd/lines.wgsl";
import outputLinesShader from "../../../shaders/algorithms/winograd/output-lines.wgsl";
import type { DeviceTraits } from "../traits.ts";
import type { LineMethod } from "./steps.ts";

/** Most invocations of a workgroup, and most tiles of one: enough for neighbouring threads to fill cache lines. */
const MOST_THREADS = 256;
const MOST_TILES = 32;

export const transformLines = ({ maxWorkgroupInvocations }: DeviceTraits): LineMethod => ({
  size({ tile, axes, points }) {
    if (axes === 1) return undefined;
    const lines = points / tile.points;
    const tiles = Math.min(MOST_TILES, Math.floor(Math.min(MOST_THREADS, maxWorkgroupInvocations) / lines));
    return { threads: tiles * lines, tiles };
  },

  shaders: {
    filter: [linesShader, filterLinesShader],
    input: [linesShader, inputLinesShader],
    output: [linesShader, outputLinesShader],
  },
});
