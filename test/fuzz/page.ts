// The fuzzer in a page: Node asks it by `window.fuzz`.
import { answer } from "../../scripts/harness/answer.ts";
import { type OpenedBench, openBench } from "./bench.ts";
import { perform } from "./perform.ts";

let bench: OpenedBench | undefined;
const earlier: string[] = [];

window.fuzz = {
  open: () =>
    answer(async () => {
      earlier.push(...(bench?.trouble ?? []));
      bench?.close();
      bench = await openBench();
      const { vendor, architecture, description } = bench.engine.info.adapter;
      return { adapter: `${vendor} ${architecture} ${description}`.trim(), dtypes: bench.dtypes };
    }),
  perform: (one) =>
    answer(() => {
      if (!bench) throw new Error("nothing is open");
      return perform(bench, one);
    }),
  trouble: () => answer(() => [...earlier, ...(bench?.trouble ?? [])]),
};
