// The form in which the visitor selects what to measure. It holds the selection: callers read and write it here.
import { type Layer, describeLayer } from "../../bench/layer.ts";
import { PEERS } from "../../bench/peers/names.ts";
import { SUITES } from "../../bench/suites.ts";
import { byId, el } from "../common/dom.ts";
import { OTHER_ENGINES } from "./peers/engines.ts";
import {
  ALGORITHM_CHOICES,
  BATCHES,
  DTYPES,
  LAYOUTS,
  PASS_CHOICES,
  type PassChoice,
  type Selection,
  layerIds,
} from "./selection.ts";

const SUITE_NAMES: Readonly<Record<string, string>> = {
  layers: "Typical layers",
  deepbench: "DeepBench",
  "audio-video": "Audio and video",
  lenet5: "LeNet-5",
  alexnet: "AlexNet",
  vgg16: "VGG-16",
  resnet50: "ResNet-50",
  "mobilenet-v1": "MobileNet v1",
  "mobilenet-v2": "MobileNet v2",
  "shufflenet-v2": "ShuffleNet v2",
  xception: "Xception",
  "all-cnn": "All-CNN",
};

const PASS_NAMES: Readonly<Record<PassChoice, string>> = {
  own: "as in the suite",
  forward: "forward",
  "backward-data": "gradient of the input",
  "backward-weights": "gradient of the weights",
  transposed: "transposed",
};

export interface SelectionForm {
  read(): Selection;
  write(selection: Selection): void;
  /** Enables half precision or not, once the device is known. */
  allowHalves(allowed: boolean): void;
  disable(disabled: boolean): void;
}

function checkbox(group: string, value: string, ...label: (Node | string)[]): HTMLElement {
  return el(
    "label",
    { class: "choice" },
    el("input", { type: "checkbox", name: group, value }),
    el("span", {}, ...label),
  );
}

function boxes(form: HTMLFormElement, group: string): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>(`input[name="${group}"]`)];
}

function checked<T extends string>(form: HTMLFormElement, group: string, known: readonly T[]): T[] {
  const on = new Set(
    boxes(form, group)
      .filter((box) => box.checked && !box.disabled)
      .map(({ value }) => value),
  );
  return known.filter((value) => on.has(value));
}

function check(form: HTMLFormElement, group: string, values: readonly string[]): void {
  for (const box of boxes(form, group)) box.checked = values.includes(box.value);
}

function layerChoice(layer: Layer): HTMLElement {
  const own = layer.pass === "forward" ? "" : `, ${PASS_NAMES[layer.pass]}`;
  return checkbox(
    "layers",
    layer.id,
    el("strong", {}, layer.id),
    " ",
    el("span", { class: "muted" }, `${describeLayer(layer).replace("->", "→")}${own}`),
  );
}

/** Fills the form, and calls `changed` after each change by the visitor. */
export function selectionForm(changed: () => void): SelectionForm {
  const form = byId("selection", HTMLFormElement);
  const suite = byId("suite", HTMLSelectElement);
  const batch = byId("batch", HTMLSelectElement);
  const list = byId("layers");
  suite.append(...Object.keys(SUITES).map((name) => el("option", { value: name }, SUITE_NAMES[name] ?? name)));
  batch.append(...BATCHES.map((size) => el("option", { value: size }, size)));
  byId("passes").append(...PASS_CHOICES.map((pass) => checkbox("passes", pass, PASS_NAMES[pass])));
  byId("algorithms").append(...ALGORITHM_CHOICES.map((name) => checkbox("algorithms", name, name)));
  byId("dtypes").append(...DTYPES.map((dtype) => checkbox("dtypes", dtype, dtype)));
  byId("layouts").append(...LAYOUTS.map((layout) => checkbox("layouts", layout, layout)));

  byId("peers").append(
    ...OTHER_ENGINES.map(({ name, title, megabytes }) =>
      checkbox("peers", name, title, " ", el("span", { class: "muted small" }, `${megabytes}\u00a0MB`)),
    ),
  );

  const showLayers = (chosen: readonly string[]): void => {
    list.replaceChildren(...(SUITES[suite.value] ?? []).map(layerChoice));
    check(form, "layers", chosen);
  };
  suite.addEventListener("change", () => showLayers(layerIds(suite.value)));
  for (const [id, all] of [
    ["layers-all", true],
    ["layers-none", false],
  ] as const) {
    byId(id).addEventListener("click", () => {
      check(form, "layers", all ? layerIds(suite.value) : []);
      changed();
    });
  }
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());

  return {
    read: () => ({
      suite: suite.value,
      layers: checked(form, "layers", layerIds(suite.value)),
      passes: checked(form, "passes", PASS_CHOICES),
      algorithms: checked(form, "algorithms", ALGORITHM_CHOICES),
      dtypes: checked(form, "dtypes", DTYPES),
      layouts: checked(form, "layouts", LAYOUTS),
      batch: Number(batch.value),
      peers: checked(form, "peers", PEERS),
    }),
    write: (selection) => {
      suite.value = selection.suite;
      batch.value = String(selection.batch);
      showLayers(selection.layers);
      // Scrolls to the first of the chosen layers.
      const first = boxes(form, "layers")
        .find((box) => box.checked)
        ?.closest("label");
      list.scrollTop = first ? first.offsetTop - list.offsetTop - 8 : 0;
      for (const group of ["passes", "algorithms", "dtypes", "layouts", "peers"] as const)
        check(form, group, selection[group]);
    },
    allowHalves: (allowed) => {
      const half = boxes(form, "dtypes").find(({ value }) => value === "f16")!;
      half.disabled = !allowed;
      byId("halves").textContent = allowed
        ? "This device computes with f16 tensors."
        : "f16 needs the feature shader-f16, which this device does not have.";
    },
    disable: (disabled) => {
      byId("choices", HTMLFieldSetElement).disabled = disabled;
    },
  };
}
