// `npm run inspect`: compiles the kernels that a GPU would get, on that GPU's compiler and without the GPU, and says what became of them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { minify } from "../../scripts/minify-wgsl.mjs";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { Ranked } from "../../src/planner/choose.ts";
import { type Outcome, compile, openNullGpu } from "./gpu.ts";
import { type Options, parseOptions } from "./options.ts";
import { openPeers } from "./peers.ts";
import { type Inspected, LEGEND, LIMITS, faultsOf, formatKernels } from "./report.ts";
import { type Work, candidatesOf, kernelsOf, traitsOf, workOf } from "./work.ts";

export interface Settings {
  readonly argv: readonly string[];
  /** The chip on whose compiler this process runs. */
  readonly chip: string;
  /** File names are relative to this folder. */
  readonly folder: string;
  /** The project's folder. */
  readonly root: string;
}

/** Compiles each source once. */
class Compiler {
  readonly #device: GPUDevice;
  readonly #folder: string | undefined;
  readonly #known = new Map<string, Outcome>();

  /** @param folder where to write sources and assembly, if anywhere */
  constructor(device: GPUDevice, folder: string | undefined) {
    this.#device = device;
    this.#folder = folder;
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  }

  get count(): number {
    return this.#known.size;
  }

  async inspect({ name, code }: { name: string; code: string }): Promise<Inspected> {
    let outcome = this.#known.get(code);
    if (!outcome) {
      outcome = await compile(this.#device, code);
      this.#known.set(code, outcome);
      this.#write(`${this.count}-${name}`, code, outcome);
    }
    return { name, outcome, sourceBytes: Buffer.byteLength(minify(code)) };
  }

  #write(name: string, code: string, outcome: Outcome): void {
    if (this.#folder === undefined) return;
    writeFileSync(path.join(this.#folder, `${name}.wgsl`), code);
    if ("compiled" in outcome) writeFileSync(path.join(this.#folder, `${name}.s`), outcome.compiled.assembly);
  }
}

async function inspectCandidate(compiler: Compiler, { candidate }: Ranked): Promise<Inspected[]> {
  const inspected: Inspected[] = [];
  for (const { code, name, ...rest } of kernelsOf(candidate.plan()))
    inspected.push({ ...(await compiler.inspect({ name, code })), ...rest });
  return inspected;
}

/** Sums up a candidate in a line. */
function headline({ algorithm, candidate, seconds }: Ranked, kernels: readonly Inspected[]): string {
  const count = (prepares: boolean): number =>
    kernels.reduce((sum, one) => sum + (one.prepares === prepares ? (one.dispatches ?? 0) : 0), 0);
  const total = (of: (kernel: Inspected) => number): number => kernels.reduce((sum, one) => sum + of(one), 0);
  return [
    `${algorithm} ${candidate.variant}`.trim(),
    `${formatNumber(seconds * 1e3)} ms by estimate`,
    `${count(false)} ${count(false) === 1 ? "dispatch" : "dispatches"}${count(true) > 0 ? ` and ${count(true)} to prepare` : ""}`,
    `${(total(({ sourceBytes }) => sourceBytes) / 1e3).toFixed(1)} kB of source`,
    `${total(({ outcome }) => outcome.milliseconds).toFixed(0)} ms to compile`,
  ].join(", ");
}

/** Compiles every candidate of every problem, and lists the kernels that break a limit. Returns whether none does. */
async function checkAll(compiler: Compiler, traits: DeviceTraits, options: Options): Promise<boolean> {
  const faulty = new Map<string, string[]>();
  let candidates = 0;
  for (const { name, problem } of workOf(options)) {
    for (const ranked of candidatesOf(problem, traits, options)) {
      candidates++;
      for (const kernel of await inspectCandidate(compiler, ranked)) {
        const faults = faultsOf(kernel);
        if (faults.length === 0) continue;
        const key = [ranked.algorithm, ranked.candidate.variant, kernel.name, faults.join("; ")].join("\n");
        faulty.set(key, [...(faulty.get(key) ?? []), name]);
      }
    }
  }
  const columns = ["algorithm", "variant", "kernel", "what is wrong", "problems"];
  const rows = [...faulty].map(([key, names]) => [
    ...key.split("\n"),
    names.length > 1 ? `${names[0]} and ${names.length - 1} more` : names[0]!,
  ]);
  if (rows.length > 0)
    console.log(
      formatTable(
        columns.map((title) => ({ title, align: "left" })),
        rows,
      ),
    );
  console.log(
    `${candidates} candidates, ${compiler.count} kernels; ${rows.length} lines of kernels that do not compile, spill, exceed ` +
      `${LIMITS.sourceBytes / 1e3} kB of source or take over ${LIMITS.milliseconds} ms to compile`,
  );
  return rows.length === 0;
}

/** Shows the candidates ranked first of every problem. Returns whether every problem has one that compiles. */
async function showFirst(
  compiler: Compiler,
  traits: DeviceTraits,
  options: Options,
  peersOn: (work: Work) => Promise<string>,
): Promise<boolean> {
  let ok = true;
  for (const work of workOf(options)) {
    console.log(`\n${work.name}`);
    const ranked = candidatesOf(work.problem, traits, options).slice(0, options.top);
    if (ranked.length === 0) console.log("no candidate");
    for (const one of ranked) {
      const kernels = await inspectCandidate(compiler, one);
      ok &&= kernels.every(({ outcome }) => "compiled" in outcome);
      console.log(`\n${headline(one, kernels)}\n${formatKernels(kernels)}`);
    }
    const others = await peersOn(work);
    if (others) console.log(`\n${others}`);
  }
  return ok;
}

async function showFiles(compiler: Compiler, folder: string, files: readonly string[]): Promise<boolean> {
  const kernels: Inspected[] = [];
  for (const file of files) {
    const code = readFileSync(path.resolve(folder, file), "utf8");
    kernels.push(await compiler.inspect({ name: path.basename(file, ".wgsl"), code }));
  }
  console.log(formatKernels(kernels));
  return kernels.every(({ outcome }) => "compiled" in outcome);
}

/** Inspects what the command line asks for. Returns whether all compiled and, with --all-candidates, kept the limits. */
export async function main({ argv, chip, folder, root }: Settings): Promise<boolean> {
  const options = parseOptions(argv);
  const opened = await openNullGpu(options);
  const { vendor, architecture } = opened.adapterInfo;
  const traits = traitsOf(opened, options);
  const { maxSums, workgroupBytes, cores, cacheBytes, subgroupSize = "any", f16 } = traits;
  console.log(
    [
      `${chip} (${vendor} ${architecture}), planned for as ${traits.gpu}: at most ${maxSums} sums a thread`,
      `${workgroupBytes} B of workgroup memory, ${cores} cores, ${cacheBytes / 2 ** 20} MiB of cache`,
      `subgroups of ${subgroupSize} lanes, ${f16 ? "f16" : "no f16"}`,
    ].join(", "),
  );
  const compiler = new Compiler(opened.device, options.asm && path.resolve(folder, options.asm));
  if (options.files.length > 0) return showFiles(compiler, folder, options.files);
  if (options.allCandidates) return checkAll(compiler, traits, options);
  const peers = await openPeers(root, opened.device, options.peers);
  const ok = await showFirst(compiler, traits, options, peers);
  console.log(`\n${LEGEND}`);
  return ok;
}
