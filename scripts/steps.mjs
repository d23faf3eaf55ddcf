// The parts of `npm test`: running one tool as a named, timed step, and reading totals from Vitest's JSON report.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "./setup.mjs";

/** The environment with this project's own tools first on the PATH. */
function withOwnTools() {
  const own = path.join(ROOT, "node_modules", ".bin");
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [name]: [own, process.env[name]].filter(Boolean).join(path.delimiter) };
}

/**
 * Runs a tool to its end. Output is shown as it comes with `live`, else returned, to be shown where the tool failed. Never
 * rejects: a tool that does not start is a failed one.
 */
export function runTool(command, args, { live = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: withOwnTools(),
      stdio: live ? "inherit" : ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32", // its tools are .cmd files
    });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => resolve({ ok: false, output: `${command} did not start: ${error.message}` }));
    child.on("close", (status, signal) =>
      resolve({ ok: status === 0, output: signal ? `${output}\n${command} was ended by ${signal}` : output }),
    );
  });
}

/**
 * Totals of a Vitest run from its JSON report (null where none was written). A run that failed without a failed test (a file
 * that does not load, no tests at all) counts as one failure.
 */
export function vitestTotals(report, ok) {
  const passed = report?.numPassedTests ?? 0;
  const failed = report?.numFailedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const brokenFiles = (report?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults?.some((test) => test.status === "failed"),
  ).length;
  const unexplained = failed + brokenFiles === 0 && !(ok && passed > 0) ? 1 : 0;
  return { passed, failed: failed + brokenFiles + unexplained, skipped };
}

/** The lines of a message that are shown of a failure, and the longest of them. */
const SHOWN_LINES = 6;
const SHOWN_COLUMNS = 300;

/** Each failure of a Vitest run: its file, its test and how the message begins. */
export function vitestFailures(report) {
  const describe = (file, test, message) => {
    const lines = stripVTControlCharacters(message ?? "")
      .split("\n", SHOWN_LINES)
      .map((line) => `    ${line.slice(0, SHOWN_COLUMNS)}`);
    return [`${path.relative(ROOT, file)} > ${test}`, ...lines].join("\n");
  };
  return (report?.testResults ?? [])
    .filter((file) => file.status === "failed")
    .flatMap((file) => {
      const failed = (file.assertionResults ?? []).filter((test) => test.status === "failed");
      if (failed.length === 0) return [describe(file.name, "(the file)", file.message)];
      return failed.map((test) => describe(file.name, test.fullName, test.failureMessages?.[0]));
    });
}

/** The JSON of a report file, or null where the run ended before it wrote one. */
export function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/**
 * What `npm audit --json` printed: a failed step with the packages where it knows of flaws of severity high or critical, and one that is
 * left out where the registry gave no answer (offline, or a mirror without advisories).
 */
export function auditResult(output) {
  let report;
  try {
    // Whatever is warned of stands before.
    report = JSON.parse(output.slice(output.search(/^\{/m)));
  } catch {
    report = { message: output.trim() || "npm audit printed nothing" };
  }
  const counts = report.metadata?.vulnerabilities;
  if (typeof counts?.high !== "number" || typeof counts.critical !== "number") {
    const reason = String(report.message || report.error?.summary || "an answer without counts");
    return { passed: 0, failed: 0, skipped: 0, leftOut: `the registry told of no advisories (${reason})` };
  }
  if (counts.high + counts.critical === 0) return { ok: true, output: "" };
  const grave = Object.values(report.vulnerabilities ?? {})
    .filter(({ severity }) => severity === "high" || severity === "critical")
    .map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  return { ok: false, output: [`${counts.critical} critical, ${counts.high} high (npm audit)`, ...grave].join("\n") };
}

/** The line `.ci/run` and its readers look for. */
export function summaryLine(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed`;
}
