// The table of rows beside other engines: the time of a call by each, and over ours.
import { byId, el, tableHead } from "../../common/dom.ts";
import { duration, number } from "../../common/format.ts";
import { geometricMean } from "../compare.ts";
import { layerCell, passCell } from "../results-table.ts";
import { type Peer, type Row, isTimed } from "../rows.ts";
import { titleOf } from "./engines.ts";

/** Returns the time of a call, which is what other engines are compared by. Files of `npm run bench` have no other. */
export function callTime(row: Row): number | undefined {
  return isTimed(row) ? (row.callMilliseconds ?? row.milliseconds) : undefined;
}

function peerCell(peer: Peer | undefined, ours: number): HTMLElement {
  if (!peer) return el("td", { class: "number muted" }, "not asked");
  if (peer.milliseconds === undefined) return el("td", { class: "muted small reason" }, peer.reason);
  return el(
    "td",
    { class: "number" },
    el("strong", {}, `${number(peer.milliseconds / ours)} ×`),
    el("span", { class: "muted small beneath" }, duration(peer.milliseconds)),
  );
}

/** Returns "LiteRT.js takes 3.6 times as long (geometric mean of 4 layers)" for each engine. */
function meansOf(rows: readonly Row[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const ratios = rows.flatMap((row) => {
      const theirs = row.peers?.find((peer) => peer.name === name)?.milliseconds;
      const ours = callTime(row);
      return theirs === undefined || ours === undefined ? [] : [theirs / ours];
    });
    const mean = geometricMean(ratios);
    if (mean === undefined) return [];
    const of = ratios.length === 1 ? "one layer" : `geometric mean of ${ratios.length} layers`;
    return [`${titleOf(name)} takes ${number(mean)} times as long as Convoke (${of}).`];
  });
}

/** Shows the rows that were set beside other engines, or hides the table where there are none. */
export function showBeside(all: readonly Row[]): void {
  const rows = all.filter((row) => row.peers && callTime(row) !== undefined);
  const names = [...new Set(rows.flatMap(({ peers = [] }) => peers.map(({ name }) => name)))];
  byId("beside").hidden = rows.length === 0;
  if (rows.length === 0) return;
  const body = rows.map((row) => {
    const ours = callTime(row)!;
    const cells = names.map((name) =>
      peerCell(
        row.peers?.find((peer) => peer.name === name),
        ours,
      ),
    );
    return el("tr", {}, layerCell(row), passCell(row), el("td", { class: "number" }, duration(ours)), ...cells);
  });
  const head = tableHead("Layer", ["Convoke", ...names.map(titleOf)]);
  head.querySelector("th")!.after(el("th", { scope: "col" }, "Pass"));
  byId("beside-table").replaceChildren(el("table", {}, head, el("tbody", {}, ...body)));
  byId("beside-means").textContent = meansOf(rows, names).join(" ");
}
