// Which browser to use and how to start it, which software driver, and nothing that installs one (setup.mjs does). Runs on Node
// alone, so that it can be asked before anything is installed.
import { accessSync, closeSync, constants, existsSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const FIREFOX_NAMES = ["firefox-esr", "firefox"];

/** Where installers put browsers on systems that do not put them on the PATH. */
function usualPlaces(platform, env, { mac, windows }) {
  if (platform === "darwin") return mac.flatMap((place) => [place, path.join(env.HOME ?? "", place)]);
  if (platform !== "win32") return [];
  const roots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter(Boolean);
  return windows.flatMap((place) => roots.map((root) => path.join(root, place)));
}

const CHROMIUM_PLACES = {
  mac: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  windows: [
    "Google\\Chrome\\Application\\chrome.exe",
    "Chromium\\Application\\chrome.exe",
    "Microsoft\\Edge\\Application\\msedge.exe",
  ],
};
const FIREFOX_PLACES = {
  mac: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
  windows: ["Mozilla Firefox\\firefox.exe"],
};

/** True for a file that can be started. Ubuntu's apt package is a script that only asks for the snap: that is no browser. */
function isBrowser(file) {
  try {
    accessSync(file, constants.X_OK);
    if (!statSync(file).isFile()) return false;
  } catch {
    return false;
  }
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, head);
  closeSync(descriptor);
  const text = head.toString("latin1", 0, length);
  return !(text.startsWith("#!") && text.includes("snap install"));
}

/** Path of the Chromium that Playwright downloaded for itself, or null: often neither is installed. */
function playwrightChromium() {
  try {
    return createRequire(import.meta.url)("playwright").chromium.executablePath() || null;
  } catch {
    return null;
  }
}

/** Paths of `names` in every folder of the PATH, in the order of the names. */
function onPath(names, env, platform) {
  const folders = (env.PATH ?? env.Path ?? "").split(platform === "win32" ? ";" : ":").filter(Boolean);
  return names.flatMap((name) =>
    folders.map((folder) => path.join(folder, platform === "win32" ? `${name}.exe` : name)),
  );
}

/** The browser an environment variable names: an error where it names none, since silence would run another one. */
function fromEnvironment(env, variables, usable) {
  for (const variable of variables) {
    const file = env[variable];
    if (!file) continue;
    if (!usable(file))
      throw new Error(`${variable} is ${JSON.stringify(file)}, which is no browser that can be started`);
    return file;
  }
  return null;
}

/**
 * Path of a Chromium: $CONVOKE_CHROME, $CHROME_PATH, Playwright's own, the PATH, the usual places; null where there is none.
 * The parameters are for tests.
 */
export function findChromium({
  env = process.env,
  platform = process.platform,
  usable = isBrowser,
  playwright = playwrightChromium,
} = {}) {
  const named = fromEnvironment(env, ["CONVOKE_CHROME", "CHROME_PATH"], usable);
  if (named) return named;
  const own = playwright();
  const candidates = [
    ...(own ? [own] : []),
    ...onPath(CHROMIUM_NAMES, env, platform),
    ...usualPlaces(platform, env, CHROMIUM_PLACES),
  ];
  return candidates.find(usable) ?? null;
}

/** Path of a Firefox: $FIREFOX_PATH, the PATH, the usual places; null where there is none. */
export function findFirefox({ env = process.env, platform = process.platform, usable = isBrowser } = {}) {
  const named = fromEnvironment(env, ["FIREFOX_PATH"], usable);
  if (named) return named;
  const candidates = [...onPath(FIREFOX_NAMES, env, platform), ...usualPlaces(platform, env, FIREFOX_PLACES)];
  return candidates.find(usable) ?? null;
}

/**
 * Command line of a Chromium with WebGPU: on the machine's own GPU with `gpu`, else on SwiftShader, Chromium's software
 * adapter.
 */
export function chromiumArgs({ gpu, platform = process.platform, root = process.getuid?.() === 0 }) {
  return [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-webgpu",
    ...(root ? ["--no-sandbox"] : []), // Chromium's sandbox refuses to start as root
    ...(gpu ? ["--ignore-gpu-blocklist"] : ["--use-webgpu-adapter=swiftshader"]),
    ...(gpu && platform === "linux" ? ["--enable-features=Vulkan"] : []), // Dawn has no other backend there
  ];
}

/** Preferences of a Firefox with WebGPU, which releases for Linux still keep off. */
export function firefoxPreferences() {
  return { "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true };
}

/** Manifests of lavapipe, Mesa's Vulkan driver that computes on the CPU: named by architecture, or not in newer releases. */
const LAVAPIPE_MANIFESTS = ["lvp_icd.x86_64.json", "lvp_icd.aarch64.json", "lvp_icd.json"].map(
  (name) => `/usr/share/vulkan/icd.d/${name}`,
);

/**
 * Environment variables of a Firefox with a home folder of its own: with `gpu` on the machine's own GPU, else on lavapipe where
 * that is installed, the same on every machine. A test's kernel runs for microseconds: lavapipe is not to optimise it first, unless
 * `optimise` says so.
 */
export function firefoxEnvironment({ gpu, optimise = false, home, exists, platform = process.platform }) {
  const manifest = gpu || platform !== "linux" ? undefined : LAVAPIPE_MANIFESTS.find(exists);
  return {
    HOME: home,
    ...(manifest ? { VK_ICD_FILENAMES: manifest } : {}),
    ...(manifest && !optimise ? { GALLIVM_PERF: "nopt" } : {}),
    // Mesa asks the system for the user's home: kernels of an earlier run would be compiled already.
    ...(manifest && optimise ? { MESA_SHADER_CACHE_DIR: home } : {}),
  };
}

/** Where packages put Chromium and its software driver, when what is on the PATH is a script that starts it. */
const CHROMIUM_FOLDERS = [
  "/usr/lib/chromium",
  "/usr/lib64/chromium-browser",
  "/usr/lib/chromium-browser",
  "/opt/google/chrome",
  "/opt/microsoft/msedge",
];

/**
 * Manifest of a Vulkan driver that computes on the CPU, for Dawn in Node: SwiftShader beside Chromium, else lavapipe, else null. (Dawn
 * refuses the lavapipe of Mesa 22.)
 */
export function softwareDriver({
  platform = process.platform,
  chromium = findChromium,
  exists = existsSync,
  realpath = realpathSync,
} = {}) {
  if (platform !== "linux") return null;
  const browser = chromium();
  const folders = [...(browser ? [path.dirname(realpath(browser))] : []), ...CHROMIUM_FOLDERS];
  const swiftShader = folders.map((folder) => path.join(folder, "vk_swiftshader_icd.json"));
  return [...swiftShader, ...LAVAPIPE_MANIFESTS].find(exists) ?? null;
}
