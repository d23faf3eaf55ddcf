// The results of this page: the rows in the table, their charts, and the report to save.
import { byId } from "../common/dom.ts";
import { createChart } from "./chart.ts";
import { showBeside } from "./peers/table.ts";
import { errorChart, peersChart, rooflineChart } from "./result-charts.ts";
import { resultRow } from "./results-table.ts";
import type { Machine, Report, Roof, Row } from "./rows.ts";

/** The shortest time between redrawing charts, in milliseconds, while rows arrive. */
const REDRAW_MS = 1500;

export interface Results {
  /** Clears the results for a new run. */
  begin(machine: Machine): void;
  setRoof(roof: Roof): void;
  add(row: Row): void;
  /** Draws the charts with all rows so far. */
  flush(): void;
  /** Returns the report, or undefined before the first row. */
  report(): Report | undefined;
}

export function createResults(changed: () => void): Results {
  const body = byId("rows", HTMLTableSectionElement);
  const roofline = createChart(
    "Roofline: speed over arithmetic intensity",
    "Drawn with the first result that is right.",
  );
  const errors = createChart("Error by algorithm, beside its bound", "Drawn with the first result that is compared.");
  const peers = createChart("Times beside other engines", "");
  byId("result-charts").append(roofline.element, errors.element, peers.element);
  peers.element.hidden = true;

  let machine: Machine | undefined;
  let roof: Roof | undefined;
  let rows: Row[] = [];
  let made = "";
  let drawn = 0;

  const flush = (): void => {
    drawn = performance.now();
    roofline.show(rooflineChart(rows, roof));
    errors.show(errorChart(rows));
    const beside = peersChart(rows);
    peers.element.hidden = beside === undefined;
    peers.show(beside);
    showBeside(rows);
  };

  return {
    begin: (given) => {
      machine = given;
      roof = undefined;
      rows = [];
      made = new Date().toISOString();
      body.replaceChildren();
      byId("results").hidden = true;
      changed();
    },
    setRoof: (measured) => {
      roof = measured;
    },
    add: (row) => {
      rows.push(row);
      body.append(resultRow(row, roof));
      byId("results").hidden = false;
      if (performance.now() - drawn > REDRAW_MS) flush();
      changed();
    },
    flush: () => {
      if (rows.length > 0) flush();
    },
    report: () =>
      machine && rows.length > 0
        ? {
            ...{ format: "convoke-benchmark", version: 1, made, machine },
            ...(roof && { roofline: roof }),
            rows: [...rows],
          }
        : undefined,
  };
}
