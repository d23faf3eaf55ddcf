// Installs what is missing and says what: the packages of the lock file, and a Chromium where there is none. Runs on Node
// alone. `npm start` and `npm test` call it; `node scripts/setup.mjs` does the set-up and nothing else, and with --firefox it
// tries to install a Firefox as well, which the tests use where there is one.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium, findFirefox } from "./browsers.mjs";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Oldest Node that Vite and Vitest run on. */
const OLDEST_NODE = [20, 19];

const HOW_TO_GET_CHROMIUM = [
  "No Chromium was found, and the tests and the examples run in one. Install any of these:",
  "  Debian:  sudo apt-get install chromium",
  "  Ubuntu:  Google Chrome's .deb from https://www.google.com/chrome (the chromium of apt is a snap)",
  "  Fedora:  sudo dnf install chromium",
  "  macOS:   brew install --cask google-chrome",
  "  Windows: winget install Google.Chrome",
  "or set CHROME_PATH to the executable of one you have.",
].join("\n");

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node ${process.versions.node} is too old: ${OLDEST_NODE.join(".")} or newer is needed`);
}

/** Runs a command with its output shown, and throws where it fails. */
function runShown(command, args, { env = {}, cwd = ROOT } = {}) {
  console.log(`$ ${[path.basename(command), ...args].join(" ")}`);
  // Only npm.cmd needs the shell, and nothing in these arguments comes from a user.
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: command === "npm.cmd",
  });
  if (error) throw new Error(`${command} did not start: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed with status ${status}`);
}

/**
 * Whether the packages npm recorded as installed are those of the lock file. Optional ones may be absent: they are for other
 * platforms.
 */
export function isInstalled(lock, installed) {
  const wanted = Object.entries(lock.packages ?? {}).filter(([place]) => place !== "");
  const have = installed.packages ?? {};
  const names = new Set(wanted.map(([place]) => place));
  return (
    wanted.every(([place, entry]) =>
      have[place] ? have[place].version === entry.version : Boolean(entry.optional || entry.devOptional),
    ) && Object.keys(have).every((place) => names.has(place))
  );
}

function readJson(...parts) {
  const file = path.join(...parts);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** `npm ci` in `folder`, the project's own unless given, where its node_modules is absent or not what its lock file says. */
export function ensurePackages(folder = ROOT) {
  const named = (name) => path.join(path.relative(ROOT, folder), name);
  const lock = readJson(folder, "package-lock.json");
  if (!lock) throw new Error(`${named("package-lock.json")} is missing: this is no complete checkout`);
  const installed = readJson(folder, "node_modules", ".package-lock.json");
  if (installed && isInstalled(lock, installed)) return;
  const count = Object.keys(lock.packages).length - 1;
  console.log(
    `Installing the development packages of ${named("package-lock.json")} (up to ${count}) into ${named("node_modules")}: ` +
      (installed ? "the ones there differ." : "there are none yet."),
  );
  // No package needs an install script, so none runs.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  if (npm?.endsWith(".js")) runShown(process.execPath, [npm, ...args], { cwd: folder });
  else runShown(process.platform === "win32" ? "npm.cmd" : "npm", args, { cwd: folder });
}

/** Whether packages can be installed with apt here, and are without asking anyone. */
function hasApt() {
  return process.platform === "linux" && existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
}

/** Installs packages of this system; throws where it has them not. */
function installWithApt(packages) {
  runShown("apt-get", ["update", "-qq"]);
  runShown("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

/** Path of a Chromium, installed with apt where that is possible and there is none. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (!hasApt()) throw new Error(HOW_TO_GET_CHROMIUM);
  console.log("Installing Chromium from this system's packages (apt): there is no browser yet.");
  installWithApt(["chromium"]);
  const installed = findChromium();
  if (!installed) throw new Error(`apt installed no Chromium that can be started.\n${HOW_TO_GET_CHROMIUM}`);
  console.log(`Installed Chromium: ${installed}`);
  return installed;
}

/** Path of a Firefox, installed with apt (and Mesa's software driver for WebGPU with it) where that is possible; else null. */
function tryFirefox() {
  const found = findFirefox();
  if (found || !hasApt()) return found;
  console.log("Installing Firefox and Mesa's Vulkan drivers from this system's packages (apt).");
  try {
    installWithApt(["firefox-esr", "mesa-vulkan-drivers"]);
  } catch (error) {
    console.log(`There is no Firefox to be had here, and the tests go without: ${error.message}`);
  }
  return findFirefox();
}

/** Everything the two commands need. */
export function setUp() {
  checkNode();
  ensurePackages();
  return { chromium: ensureChromium() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`Everything is in place; the browser is ${setUp().chromium}`);
    if (process.argv.includes("--firefox")) console.log(`The second browser: ${tryFirefox() ?? "none"}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
