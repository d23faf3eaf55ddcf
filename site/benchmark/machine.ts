// Describes the adapter and the browser, on the page and in saved files.
import type { Engine } from "convoke";
import { el } from "../common/dom.ts";
import { adapterName } from "../common/engine.ts";
import { bytes, metric, number } from "../common/format.ts";
import type { Machine, Roof } from "./rows.ts";

const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ["Edge", /\bEdg\/([\d.]+)/],
  ["Firefox", /\bFirefox\/([\d.]+)/],
  ["Chrome", /\b(?:Headless)?Chrome\/([\d.]+)/],
  ["Safari", /\bVersion\/([\d.]+).*Safari/],
];
const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Macintosh/],
  ["Linux", /Linux|X11/],
];

/** Returns a name such as "Chrome 140 on Linux", as far as the browser tells. */
export function browserName(userAgent: string): string {
  const browser = BROWSERS.map(([name, pattern]) => ({ name, version: pattern.exec(userAgent)?.[1] })).find(
    ({ version }) => version !== undefined,
  );
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const name = browser ? `${browser.name} ${browser.version!.split(".")[0]}` : "a browser that does not say";
  return system === undefined ? name : `${name} on ${system}`;
}

export function machineOf({ info }: Engine): Machine {
  return {
    adapter: adapterName(info),
    browser: browserName(navigator.userAgent),
    features: info.features,
    limits: info.limits,
  };
}

function entry(term: string, ...value: (Node | string)[]): HTMLElement {
  return el("div", {}, el("dt", {}, term), el("dd", {}, ...value));
}

/** Formats a limit: bytes for sizes, else a count. */
function limitText(name: string, value: number): string {
  return name.endsWith("Size") && /Buffer|Storage/.test(name)
    ? bytes(value)
    : value >= 1e6
      ? metric(value)
      : String(value);
}

/** Shows a machine on the page; `element` keeps its details open or closed. */
export function showMachine(element: HTMLElement, { adapter, browser, features, limits }: Machine): void {
  const names = Object.keys(limits).toSorted();
  element.replaceChildren(
    el(
      "dl",
      { class: "facts" },
      entry("Adapter", adapter),
      entry("Browser", browser),
      entry(
        "Half precision",
        features.includes("shader-f16") ? "yes, the device has shader-f16" : "no, the device lacks shader-f16",
      ),
      entry("Largest tensor", bytes(limits["maxStorageBufferBindingSize"] ?? 0)),
      entry("Memory shared in a workgroup", bytes(limits["maxComputeWorkgroupStorageSize"] ?? 0)),
      entry("Invocations in a workgroup", String(limits["maxComputeInvocationsPerWorkgroup"] ?? 0)),
    ),
    el(
      "details",
      {},
      el("summary", {}, `All ${features.length} features and ${names.length} limits`),
      el("p", { class: "small" }, features.length > 0 ? features.join(", ") : "no optional features"),
      el(
        "dl",
        { class: "limits" },
        ...names.map((name) => entry(name, el("span", { class: "number" }, limitText(name, limits[name]!)))),
      ),
    ),
  );
}

/** Describes the measured roofline. */
export function roofText({ flopsPerSecond, bytesPerSecond }: Roof): string {
  return `${number(flopsPerSecond / 1e9)} GFLOP/s of fused multiply-adds, ${number(bytesPerSecond / 1e9)} GB/s read and written`;
}
