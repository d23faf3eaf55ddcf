// Measures the operations beside convolution that the options ask for, one after another.
import { jobMessage } from "../scripts/harness/answer.ts";
import { Progress } from "../scripts/harness/progress.ts";
import type { BenchPage } from "./bench-page.ts";
import { OPERATIONS, inputShape } from "./operations.ts";
import type { BenchOperation } from "./operations/entry.ts";
import type { Options } from "./options.ts";
import type { PeerName } from "./peers/names.ts";
import { type PeerOutcome, type PeerOutcomes, compare } from "./peers/outcome.ts";
import { PeerPages } from "./peers/pages.ts";
import type { CallRates, OperationResult } from "./protocol.ts";

/** An entry of the list, and its result. */
export interface OperationMeasurement extends Pick<BenchOperation, "operation" | "name"> {
  /** The shape of the first input, channels first. */
  readonly shape: readonly number[];
  readonly result: OperationResult;
  /** The results of the peers on the same row, if they were asked. */
  readonly peers?: PeerOutcomes;
}

/** The measurements so far. */
export interface MeasuredOperations {
  rates?: CallRates;
  readonly operations: OperationMeasurement[];
  /** Package and version of each peer that ran, if peers were asked for. */
  peers?: Readonly<Partial<Record<PeerName, string>>>;
}

/** An entry by its index in the list, and the samples of a call. */
export interface OperationRow {
  readonly entry: number;
  readonly batch: number;
}

/** Returns the rows that the options ask for, in the order of the list. */
export function operationRows({ operations, batch }: Pick<Options, "operations" | "batch">): OperationRow[] {
  return OPERATIONS.flatMap((one, entry) =>
    operations && !operations.includes(one.operation) ? [] : [{ entry, batch: batch * (one.batch ?? 1) }],
  );
}

/** Measures all rows into `into`, which keeps the measurements so far if this fails. */
export async function measureOperations(page: BenchPage, options: Options, into: MeasuredOperations): Promise<void> {
  into.rates = await page.ask("rates");
  const { layout, dtype, samples, peers = [] } = options;
  const rows = operationRows(options);
  const progress = new Progress(rows.length * (1 + peers.length));
  const pages = PeerPages.of(page);
  if (peers.length > 0) into.peers = pages.versions;
  try {
    for (const row of rows) {
      const { operation, name, inputs } = OPERATIONS[row.entry]!;
      progress.step(`${operation}: ${name}`);
      const shape = inputShape(Object.values(inputs)[0]!, { layout: "channels-first", batch: row.batch });
      const result = await page
        .ask("operate", { ...row, layout, dtype, samples })
        .catch((error: unknown): OperationResult => ({ bytes: 0, numbers: 0, failed: jobMessage(error) }));
      const outcomes: [PeerName, PeerOutcome][] = [];
      for (const peer of peers) {
        progress.step(`${operation}: ${peer}`);
        outcomes.push([peer, compare(await pages.operate(peer, { ...row, samples }), result.milliseconds)]);
      }
      into.operations.push({
        ...{ operation, name, shape, result },
        ...(peers.length > 0 && { peers: Object.fromEntries(outcomes) }),
      });
    }
  } finally {
    await pages.close();
  }
  progress.end();
}
