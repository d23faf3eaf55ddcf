// `npm test`: set-up, then every check this project has. A step that fails stops no other one. The last line is
// `N passed, N failed`: the tests of all Vitest projects and one for each other step. What failed
// is named right before it.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findFirefox } from "./browsers.mjs";
import { setUp } from "./setup.mjs";
import { auditResult, readReport, runTool, summaryLine, vitestFailures, vitestTotals } from "./steps.mjs";

const HELP = `Usage: npm test [-- --only=STEP[,STEP]]

Runs every check, or only the steps named: types, lint, format, audit, build, publint, attw, node, browser, tfjs, site, dawn, firefox.
(publint and attw look at dist/: run build with them. audit asks the registry for advisories about what is installed for development, and is left
out where it gets no answer.)
The browser suite runs in Chromium, where the pages of the site are driven too, a cross-section of it in Firefox where one with WebGPU is
installed, and a sample of it in Node on Dawn (package webgpu) where that finds an adapter. CONVOKE_CHROME=FILE and FIREFOX_PATH=FILE name
the browsers, CONVOKE_GPU=1 runs all on this machine's own GPU, CONVOKE_SUITE=all runs every
problem of the shared suite everywhere; without it a run takes a part that its seed draws, which CONVOKE_SEED=N repeats.`;

const reports = mkdtempSync(path.join(tmpdir(), "convoke-test-"));

function setUpStep() {
  try {
    setUp();
    return { ok: true, output: "" };
  } catch (error) {
    return { ok: false, output: error.message };
  }
}

async function vitestStep(project) {
  const file = path.join(reports, `${project}.json`);
  const { ok } = await runTool(
    "vitest",
    ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    { live: true },
  );
  const written = readReport(file);
  return { ...vitestTotals(written, ok), failures: vitestFailures(written) };
}

/** Known flaws of the packages that develop this one; it has no others. Offline npm would report none. */
async function auditStep() {
  const quick = ["--fetch-retries=1", "--fetch-timeout=20000"];
  const { output } = await runTool("npm", ["audit", "--json", "--loglevel=silent", "--offline=false", ...quick]);
  return auditResult(output);
}

const gpu = process.env.CONVOKE_GPU === "1";
const leftOut = (reason) => ({ passed: 0, failed: 0, skipped: 0, leftOut: reason });

/** The browser suite in Node; where Dawn has no adapter it is left out, which is no failure. */
async function dawnStep() {
  const { missingDawn } = await import("./dawn.mjs");
  const missing = await missingDawn({ gpu });
  return missing ? leftOut(missing) : vitestStep("dawn");
}

/** The browser suite in Firefox; without one that has WebGPU it is left out, which is no failure. */
async function firefoxStep() {
  const executablePath = findFirefox();
  if (!executablePath) return leftOut("no Firefox was found (Debian: apt-get install firefox-esr mesa-vulkan-drivers)");
  const { missingWebGpu } = await import("./firefox.mjs");
  const missing = await missingWebGpu({ executablePath, gpu });
  return missing ? leftOut(`${executablePath}: ${missing}`) : vitestStep("firefox");
}

const STEPS = [
  { name: "set-up", run: setUpStep },
  { name: "types", run: () => runTool("tsc", ["--noEmit"]) },
  { name: "lint", run: () => runTool("oxlint", ["--type-aware", "--deny-warnings"]) },
  { name: "format", run: () => runTool("oxfmt", ["--check"]) },
  { name: "audit", run: auditStep },
  { name: "build", run: () => runTool("npm", ["run", "--silent", "build"]) },
  { name: "publint", run: () => runTool("publint", ["--strict"]) },
  { name: "attw", run: () => runTool("attw", ["--pack", ".", "--profile", "esm-only"]) },
  { name: "node", run: () => vitestStep("node") },
  { name: "browser", run: () => vitestStep("browser") },
  { name: "tfjs", run: () => vitestStep("tfjs") },
  { name: "site", run: () => vitestStep("site") },
  { name: "dawn", run: dawnStep },
  { name: "firefox", run: firefoxStep },
];

/** The steps to run, set-up always among them. */
function chosenSteps(argv) {
  let only = null;
  for (const argument of argv) {
    if (!argument.startsWith("--only=")) throw new Error(`unknown argument ${JSON.stringify(argument)}\n\n${HELP}`);
    only = argument.slice("--only=".length).split(",");
  }
  const unknown = only?.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) throw new Error(`there is no step ${JSON.stringify(unknown)}\n\n${HELP}`);
  return STEPS.filter((step) => only === null || step.name === "set-up" || only.includes(step.name));
}

/** Runs one step, says how it went, and returns its totals. */
async function report(step) {
  console.log(`-- ${step.name}`);
  const start = performance.now();
  const result = await step.run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const totals = "ok" in result ? { passed: Number(result.ok), failed: Number(!result.ok), skipped: 0 } : result;
  if (totals.leftOut) {
    console.log(`-- ${step.name} left out: ${totals.leftOut}\n`);
    return totals;
  }
  if (totals.failed > 0 && result.output) console.log(result.output.trimEnd());
  const counts = "ok" in result ? "" : `: ${summaryLine([totals])}, ${totals.skipped} skipped`;
  console.log(`-- ${step.name} ${totals.failed > 0 ? "FAILED" : "ok"} in ${seconds} s${counts}\n`);
  const named = totals.failures?.length > 0 ? totals.failures : [`step ${step.name}`];
  return { ...totals, failures: totals.failed > 0 ? named : [] };
}

async function main() {
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) return console.log(HELP);
  process.env.CONVOKE_SEED ??= String(randomInt(2 ** 31));
  console.log(`CONVOKE_SEED=${process.env.CONVOKE_SEED} draws the same part of the shared problems again.`);
  const results = [];
  try {
    for (const step of chosenSteps(argv)) results.push(await report(step));
  } catch (error) {
    console.error(error.message);
    results.push({ passed: 0, failed: 1 });
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  // Once more at the end: thousands of lines stand between a failure and the summary.
  for (const failure of results.flatMap(({ failures }) => failures ?? [])) console.log(`FAILED ${failure}`);
  console.log(summaryLine(results));
  if (results.some((result) => result.failed > 0)) process.exitCode = 1;
}

await main();
