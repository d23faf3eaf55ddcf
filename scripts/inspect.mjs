// `npm run inspect`: on the compiler of a GPU that is not there (tools/null-gpu/), set-up, then the inspection (tools/inspect/).
import { CHIPS } from "../tools/null-gpu/chips.mjs";
import { enterNullGpu } from "../tools/null-gpu/environment.mjs";
import { calledFrom, runCommand } from "./command.mjs";

const HELP = `Usage: npm run inspect -- [options] [FILE.wgsl ...]

Compiles the kernels that an AMD or Intel GPU would get for given layers by Dawn and Mesa's drivers, without the GPU, and prints for each
kernel: registers, spills, scratch memory, the share of multiply-adds in its hot loop, numbers loaded for each of them, bytes of source and
time to compile. Nothing runs. Mesa's drivers are unpacked once, from Debian's packages (needs apt-get, dpkg and a C compiler, no root).

  --chip NAME        the GPU; navi21 unless given:
${Object.entries(CHIPS)
  .map(([name, { what }]) => `                       ${name.padEnd(8)} ${what}`)
  .join("\n")}
  --class NAME       plan with the traits of a class of adapters instead of the chip's own: software, apple, nvidia, amd, intel, mobile,
                     unknown
  --suite NAME       layers (default) or another of npm run bench; shared: the problems that every algorithm is tested on
  --layers ID,ID     some layers of the suite: L1,L8
  --batch N,N        batches; 1 unless given
  --pass PASS        forward, backward-data, backward-weights or transposed in place of each layer's own
  --layout LAYOUT    channels-first (default) or channels-last
  --dtype TYPE       f32 (default) or f16
  --algorithm NAME   one by name instead of the planner's choice
  --variant NAME     one of its variants
  --top N            the N candidates ranked first; 1 unless given
  --all-candidates   goes through every candidate and lists the kernels that do not compile, spill, have over 24 kB of source or take over
                     0.4 s to compile; fails if there are any
  --peers NAME,NAME  what other engines compile for the same layers: tfjs, jax
  --clamp            indices are clamped in the shader, as on Metal and Direct3D
  --large-subgroups  kernels cannot ask for small subgroups, as in Chrome before 152: on Intel they get 16 lanes
  --asm FOLDER       writes sources and assembly there
  --model            instead, and without compiling: what the planner ranks first for public layers on an M2 Pro, RTX 4070, H100 and Xe 96,
                     beside TensorFlow.js's kernels, by the planner's model (with --layout and --batch)
  --calibrated       with --model: the planner knows the chip's speed, as after calibrate(), instead of that of its class

FILE.wgsl: inspects these kernels instead of the engine's.`;

/** The chip that the command line names. */
function chipOf(argv) {
  const at = argv.findIndex((word) => /^--chip(?:=|$)/.test(word));
  if (at < 0) return "navi21";
  const name = argv[at].split("=")[1] ?? argv[at + 1];
  if (!Object.hasOwn(CHIPS, name))
    throw new Error(`--chip is ${name}, expected one of ${Object.keys(CHIPS).join(", ")}`);
  return name;
}

const isModel = process.argv.includes("--model");

await runCommand("npm run inspect", isModel ? "tools/model/run.ts" : "tools/inspect/run.ts", HELP, (argv) => {
  if (isModel) return { argv };
  const chip = chipOf(argv);
  enterNullGpu(chip);
  return { argv, chip, folder: calledFrom() };
});
