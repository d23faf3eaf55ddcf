// The card of this machine. It requests the adapter when the visitor asks for it or a measurement needs it.
import type { Engine } from "convoke";
import { byId } from "../common/dom.ts";
import { explainFailure, pageEngine } from "../common/engine.ts";
import { machineOf, showMachine } from "./machine.ts";

export interface AdapterCard {
  /**
   * Returns the engine of the page and shows its adapter, or why there is none.
   * @throws ConvError if there is none, after showing why
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
  // The card shows the failure.
  button.addEventListener("click", () => void find().catch(() => undefined));
  return { find };
}
