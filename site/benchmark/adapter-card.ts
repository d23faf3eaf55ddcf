// The card of this machine: the adapter is asked for when the visitor wants it, or when something is to be measured.
import type { Engine } from "convoke";
import { byId } from "../common/dom.ts";
import { explainFailure, pageEngine } from "../common/engine.ts";
import { machineOf, showMachine } from "./machine.ts";

export interface AdapterCard {
  /**
   * The engine of the page; the card shows its adapter, or why there is none.
   * @throws ConvError where there is none, once that is shown
   */
  find(): Promise<Engine>;
}

export function adapterCard(found: (engine: Engine) => void): AdapterCard {
  const button = byId("find-adapter", HTMLButtonElement);
  const place = byId("machine");
  const find = async (): Promise<Engine> => {
    button.disabled = true;
    try {
      const engine = await pageEngine();
      showMachine(place, machineOf(engine));
      button.hidden = true;
      found(engine);
      return engine;
    } catch (error) {
      place.replaceChildren(explainFailure(error));
      button.hidden = false;
      throw error;
    } finally {
      button.disabled = false;
    }
  };
  // The card says what failed.
  button.addEventListener("click", () => void find().catch(() => undefined));
  return { find };
}
