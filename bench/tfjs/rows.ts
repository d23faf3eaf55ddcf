// Measures layers and programs on TensorFlow.js, row by row: without the adapter and with it, each in a page of its own that stays open, so that
// a slow phase of the machine affects both alike.
import { Progress } from "../../scripts/harness/progress.ts";
import type { BenchPage } from "../bench-page.ts";
import { LAYERS } from "../layers.ts";
import { PEER_MODEL_MS, messageOf, relativeError } from "../models/rows.ts";
import type { Options, Row } from "../options.ts";
import type { PeerName } from "../peers/names.ts";
import type { PeerPage, PeerResult } from "../peers/protocol.ts";
import { PROGRAMS, type ProgramName } from "./list.ts";
import type { AdapterCalls, ProgramResult } from "./protocol.ts";

/** A row with the adapter or without it. */
export interface AdapterResult extends PeerResult {
  /** Calls of the adapter's kernels in all runs of the row. */
  readonly calls?: AdapterCalls;
}

export interface AdapterMeasurement {
  /** The id of a layer with its pass, or a program. */
  readonly row: string;
  readonly layer?: string;
  readonly without: AdapterResult;
  readonly with: AdapterResult;
  /** Of a program: the largest difference between what the two computed, over the largest value. */
  readonly error?: number;
}

export interface MeasuredAdapter {
  readonly adapter: AdapterMeasurement[];
  /** The microseconds that a convolution takes on the CPU. */
  hostMicroseconds?: { readonly without: number; readonly with: number };
  peers?: Readonly<Partial<Record<PeerName, string>>>;
}

interface Pages {
  readonly without: PeerPage;
  readonly with: PeerPage;
}

type Work = { readonly row: Row } | { readonly program: ProgramName };

/** The layers and programs that the options ask for; all if they name neither. */
export function adapterWork({ layers, models }: Pick<Options, "layers" | "models">): Work[] {
  const all = layers === undefined && models === undefined;
  return [
    ...LAYERS.filter(({ id }) => all || layers?.includes(id)).map((layer) => ({ row: { layer, pass: layer.pass } })),
    ...PROGRAMS.filter((program) => all || models?.includes(program)).map((program) => ({ program })),
  ];
}

const nameOf = (work: Work): string => ("row" in work ? `${work.row.layer.id} ${work.row.pass}` : work.program);

async function measureOn(
  page: PeerPage,
  work: Work,
  { samples }: Options,
): Promise<{ result: AdapterResult; values?: readonly number[] }> {
  try {
    const before = await page.ask("adapterCalls");
    const { values, ...result }: PeerResult & Partial<Pick<ProgramResult, "values">> =
      "row" in work
        ? await page.ask("measure", { ...work.row, batch: 1, samples })
        : await page.ask("program", { program: work.program, samples });
    const after = await page.ask("adapterCalls");
    const calls = { served: after.served - before.served, passedOn: after.passedOn - before.passedOn };
    return { result: { ...result, calls }, ...(values && { values }) };
  } catch (error) {
    return { result: { failed: messageOf(error) } };
  }
}

async function openPages(page: BenchPage, into: MeasuredAdapter): Promise<Pages> {
  const open = async (): Promise<PeerPage> => {
    const own = await page.openPeer!(PEER_MODEL_MS);
    into.peers = { tfjs: await own.ask("open", "tfjs") };
    return own;
  };
  const pages = { without: await open(), with: await open() };
  await pages.with.ask("adapt");
  return pages;
}

/** Measures every row into `into`, which keeps the measurements so far if this fails. */
export async function measureAdapter(page: BenchPage, options: Options, into: MeasuredAdapter): Promise<void> {
  const pages = await openPages(page, into);
  try {
    const rows = adapterWork(options);
    const progress = new Progress(rows.length + 1);
    for (const work of rows) {
      progress.step(nameOf(work));
      const [without, adapted] = [
        await measureOn(pages.without, work, options),
        await measureOn(pages.with, work, options),
      ];
      into.adapter.push({
        row: nameOf(work),
        ...("row" in work && { layer: work.row.layer.id }),
        ...{ without: without.result, with: adapted.result },
        ...(without.values &&
          adapted.values && { error: relativeError({ values: adapted.values }, { values: without.values }) }),
      });
    }
    progress.step("time of a call on the CPU");
    into.hostMicroseconds = { without: await pages.without.ask("hostTime"), with: await pages.with.ask("hostTime") };
    progress.end();
  } finally {
    await pages.without.close();
    await pages.with.close();
  }
}
