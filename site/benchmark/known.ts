// Results of this repository's machines, as `npm run bench` wrote them. Each is fetched when it is needed.
import { parseReport } from "./load.ts";
import type { Report } from "./rows.ts";

const FILES = import.meta.glob<string>("../../bench/results/*.json", { query: "?url", import: "default", eager: true });

export interface Known {
  /** The date, the adapter and the browser. */
  readonly name: string;
  readonly load: () => Promise<Report>;
}

/** Names a file "2026-11-21-swiftshader-chromium-156.json". */
function nameOf(file: string): string {
  const [, date = "", adapter = "", browser = "", version = ""] =
    /([\d-]{10})-([^-/]+)-([^-/]+)-([^-/]+)\.json$/.exec(file) ?? [];
  const names: Readonly<Record<string, string>> = {
    swiftshader: "SwiftShader",
    chromium: "Chromium",
    firefox: "Firefox",
  };
  return `${names[adapter] ?? adapter} in ${names[browser] ?? browser} ${version}, ${date}`;
}

/** The results, in the order of their names. */
export const KNOWN: readonly Known[] = Object.entries(FILES).map(([file, address]) => {
  let loading: Promise<Report> | undefined;
  const load = async (): Promise<Report> => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${nameOf(file)} could not be loaded: ${response.status}`);
    return parseReport(await response.text());
  };
  return { name: nameOf(file), load: () => (loading ??= load()) };
});
