// Measures the roofline on a separate device, in a worker: filling and comparing its buffers would block the page.
import { createEngine } from "convoke";
import { measureRoofline } from "../../bench/roofline.ts";
import type { Roof } from "./rows.ts";

export type RooflineAnswer = { readonly roof: Roof } | { readonly failed: string };

async function measure(): Promise<RooflineAnswer> {
  try {
    const engine = await createEngine({ tuning: "forget" });
    try {
      const { flopsPerSecond, bytesPerSecond } = await measureRoofline(engine);
      return { roof: { flopsPerSecond, bytesPerSecond } };
    } finally {
      engine.destroy();
    }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener("message", () => void measure().then((answer) => postMessage(answer)));
