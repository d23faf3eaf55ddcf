// Dawn in Node, from the package `webgpu`, for the tests: which driver it computes on, and whether it has an adapter. Run as a program,
// this file opens one and says which.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { softwareDriver } from "./browsers.mjs";

const NO_DRIVER =
  "there is no software driver for Vulkan: Chromium's SwiftShader and Mesa's lavapipe were looked for, which CONVOKE_GPU=1 does without";

/**
 * Environment variables that select the software driver for Dawn; none with `gpu`, or if the environment names a driver already. Null if
 * there is no such driver. Set them before the first instance is created.
 */
export function dawnEnvironment({ gpu, env = process.env, driver = softwareDriver }) {
  if (gpu || env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES) return {};
  const manifest = driver();
  // Mesa's layer that chooses among GPUs has none to choose, and complains where there is no desktop.
  return manifest ? { VK_ICD_FILENAMES: manifest, NODEVICE_SELECT: "1" } : null;
}

/** Puts WebGPU by Dawn where a browser has it. What the package makes lives as long as `navigator.gpu`. */
export async function installDawn({ gpu }) {
  const environment = dawnEnvironment({ gpu });
  if (!environment) throw new Error(NO_DRIVER);
  Object.assign(process.env, environment);
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  // Node 20 has no navigator.
  const navigator = globalThis.navigator ?? {};
  Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
  if (!globalThis.navigator) Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
}

/** Whether Dawn gets an adapter here, asked in a process of its own, which a driver may end: null where it does, else the reason in words. */
export async function missingDawn({ gpu }) {
  if (!dawnEnvironment({ gpu })) return NO_DRIVER;
  const { runTool } = await import("./steps.mjs");
  const { ok, output } = await runTool(process.execPath, [fileURLToPath(import.meta.url)]);
  if (ok) return null;
  return `the package webgpu opens no adapter (${output.trim().split("\n").at(-1) || "it ends without a word"})`;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await installDawn({ gpu: process.env.CONVOKE_GPU === "1" });
  const adapter = await globalThis.navigator.gpu.requestAdapter();
  if (!adapter) {
    console.error("no adapter");
    process.exit(1);
  }
  const { vendor, architecture, description } = adapter.info;
  console.log([vendor, architecture, description].join(" "));
  process.exit(0);
}
