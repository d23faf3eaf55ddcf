// Connects the parts of the page with the hash of its address.
import { FourWays } from "./four-ways.ts";
import { OneOutput } from "./one-output.ts";
import { Stack } from "./stack.ts";
import { type State, readState, writeState } from "./state.ts";

let state = readState(location.hash);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Keeps the state in the address, with a delay: browsers limit how often it may change. */
function keep(part: Partial<State>): void {
  state = { ...state, ...part };
  clearTimeout(timer);
  timer = setTimeout(() => {
    history.replaceState(null, "", `${location.pathname}${location.search}${writeState(state)}`);
  }, 200);
}

const oneOutput = new OneOutput(state.scene, (scene) => keep({ scene }));
const stack = new Stack(state.layers, (layers) => keep({ layers }));
const fourWays = new FourWays(state.comparison, (comparison) => keep({ comparison }));

globalThis.addEventListener("hashchange", () => {
  // The target of the skip link is not a state.
  if (!location.hash.includes("=")) return;
  clearTimeout(timer);
  state = readState(location.hash);
  oneOutput.show(state.scene);
  stack.show(state.layers);
  fourWays.show(state.comparison);
});
