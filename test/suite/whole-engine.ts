// An engine that can run every variant of the algorithms by its name, those that only GPUs load too, whatever the adapter.
import { Engine } from "../../src/engine.ts";
import { openDevice } from "../../src/gpu/device.ts";
import { hardware } from "../../src/planner/hardware.ts";

export async function createWholeEngine(): Promise<Engine> {
  const opened = await openDevice({}, async ({ vendor, architecture, description, isFallbackAdapter }) =>
    hardware({ vendor, architecture, description, isFallback: isFallbackAdapter }),
  );
  return new Engine(opened, opened.loaded);
}
