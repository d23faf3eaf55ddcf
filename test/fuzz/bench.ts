// Opens the engines for the calls, and collects the errors that no call reports.
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { createEngine } from "../../src/index.ts";
import type { Bench } from "./judge.ts";

export interface OpenedBench extends Bench {
  readonly dtypes: readonly Dtype[];
  /** Fills with GPU errors that no call reported. */
  readonly trouble: string[];
  close(): void;
}

export async function openBench(): Promise<OpenedBench> {
  const trouble: string[] = [];
  const engine = await createEngine({ tuning: "forget" });
  const other = await createEngine({ tuning: "forget" });
  let closed = false;
  engine.device.addEventListener("uncapturederror", (event) => trouble.push(event.error.message));
  void engine.lost.then(({ message }) => {
    if (!closed) trouble.push(message);
  });
  return {
    engine,
    other,
    trouble,
    dtypes: DTYPES.filter((dtype) => dtype === "f32" || engine.device.features.has("shader-f16")),
    close() {
      closed = true;
      engine.destroy();
      other.destroy();
    },
  };
}
