// `npm run bench`: set-up, then the benchmark. The benchmark is TypeScript; Vite, which the set-up installs, loads it.
import path from "node:path";
import { ROOT, setUp } from "./setup.mjs";
import { wgsl } from "./wgsl.mjs";

const HELP = `Usage: npm run bench -- [options]

Times convolutions in a headless browser, each checked first, and prints a table: GFLOP/s count the direct method's operations (so
Winograd and FFT may pass the peak), roofline is min(FMA peak, copy bandwidth x operations a byte) of this adapter in this run.
With --suite operations: pooling and the other operations beside convolution. GB/s count what is given and what results, x copy and
x loads are the time over that of copying as many bytes and of loading as many numbers, call is the share that calling takes; those
that are convolutions or like them have GFLOP/s and roofline instead.

  --suite NAME       layers (default), lenet5, alexnet, vgg16, resnet50, mobilenet-v1, mobilenet-v2, shufflenet-v2, xception,
                     all-cnn, deepbench, audio-video; operations
  --layers ID,ID     some layers of the suite: L1,L8 or resnet50-3
  --operations NAME,NAME
                     some operations of the suite operations: averagePool,averagePoolBackward
  --pass PASS        forward, backward-data, backward-weights or transposed for all of them, in place of each layer's own
  --algorithm NAME   one by name; auto (default), the planner's choice; all, a row for each; find, all variants by measuring
  --dtype TYPE       f32 (default) or f16
  --layout LAYOUT    channels-first (default) or channels-last
  --batch N          1 unless given; so many times the batches of the suite operations
  --browser NAME     chromium (default), firefox, or node: no browser, but the package webgpu on this machine's GPU
  --gpu              on this machine's own GPU instead of the browser's software adapter
  --peers NAME,NAME  times other engines on the same rows, each checked first: litert (LiteRT.js), jax (jax-js), tfjs (TensorFlow.js),
                     onnx (ONNX Runtime Web). Their packages are installed in bench/peers at the first time. A ratio is a peer's time
                     over ours, both of whole calls (call ms)
  --samples N        a time is the median of so many samples, 5 unless given (and always of 5 with find)
  --json FILE        write everything to a file as well

For figures worth quoting, run nothing beside it and compare ratios of one run.`;

/** A module of TypeScript that may import others while it runs, as `--browser node` does: what Vite's runnerImport loads may not. */
async function load(file) {
  const { createRunnableDevEnvironment, resolveConfig } = await import("vite");
  const inline = { consumer: "server", dev: { moduleRunnerTransform: true }, resolve: { external: true } };
  const config = await resolveConfig(
    { configFile: false, plugins: [wgsl()], root: ROOT, logLevel: "error", environments: { inline } },
    "serve",
  );
  const environment = createRunnableDevEnvironment("inline", config, {
    runnerOptions: { hmr: { logger: false } },
    hot: false,
  });
  await environment.init();
  return environment.runner.import(file);
}

async function main() {
  const argv = process.argv.slice(2);
  if (argv.includes("--help") || argv.includes("-h")) return console.log(HELP);
  const { chromium } = setUp();
  const benchmark = await load(path.join(ROOT, "bench", "run.ts"));
  const folder = process.env.INIT_CWD ?? process.cwd();
  if (!(await benchmark.main({ root: ROOT, argv, folder, chromium }))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`npm run bench: ${error.message}`);
  process.exitCode = 1;
}
