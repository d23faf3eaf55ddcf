// The options of the first part: shows the options of a geometry, and reads the visitor's changes.
import { byId } from "../common/dom.ts";
import type { Geometry, Mode } from "./geometry.ts";
import { PRESETS } from "./presets.ts";

const SLIDERS = ["size", "kernel", "stride", "dilation", "padding"] as const;

function presetButtons(): [HTMLElement, Geometry][] {
  return [...document.querySelectorAll<HTMLElement>("[data-preset]")].map((button) => [
    button,
    PRESETS[button.dataset["preset"]!]!,
  ]);
}

export function showOptions(geometry: Geometry): void {
  for (const name of SLIDERS) {
    const input = byId(name, HTMLInputElement);
    input.value = String(geometry[name]);
    input.parentElement!.querySelector("output")!.textContent = String(geometry[name]);
  }
  const mode = byId("mode", HTMLSelectElement);
  mode.value = geometry.mode;
  // A transposed convolution reads nothing beyond its border.
  mode.disabled = geometry.transposed || geometry.padding === 0;
  byId("channels", HTMLSelectElement).value = String(geometry.channels);
  const groups = byId("groups", HTMLSelectElement);
  groups.value = String(geometry.groups);
  groups.disabled = geometry.channels === 1;
  for (const option of groups.options) option.disabled = Number(option.value) > geometry.channels;
  byId("transposed", HTMLInputElement).checked = geometry.transposed;
  for (const [button, preset] of presetButtons()) {
    const isShown = Object.entries(preset).every(([key, value]) => geometry[key as keyof Geometry] === value);
    button.setAttribute("aria-pressed", String(isShown));
  }
}

/** Calls back with the visitor's change. */
export function listenToOptions(change: (part: Partial<Geometry>) => void): void {
  byId("options").addEventListener("submit", (event) => event.preventDefault());
  for (const name of SLIDERS) {
    const input = byId(name, HTMLInputElement);
    input.addEventListener("input", () => change({ [name]: Number(input.value) }));
  }
  const onSelect = (id: string, part: (value: string) => Partial<Geometry>): void => {
    const select = byId(id, HTMLSelectElement);
    select.addEventListener("change", () => change(part(select.value)));
  };
  onSelect("mode", (mode) => ({ mode: mode as Mode }));
  onSelect("channels", (channels) => ({ channels: Number(channels) }));
  onSelect("groups", (groups) => ({ groups: Number(groups) }));
  const transposed = byId("transposed", HTMLInputElement);
  transposed.addEventListener("change", () => change({ transposed: transposed.checked }));
  for (const [button, preset] of presetButtons()) button.addEventListener("click", () => change(preset));
}
