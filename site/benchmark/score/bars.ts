// Bars of speeds, which grow as a test runs.
import { el } from "../../common/dom.ts";
import { number } from "../../common/format.ts";

export interface Bar {
  readonly name: string;
  readonly about: string;
  /** Undefined if there is none. */
  readonly value: number | undefined;
  /** What stands in place of the bar if there is no value. */
  readonly reason?: string;
  /** More about the value. */
  readonly detail?: string;
}

/** Makes a list of bars. `peak` is marked where it lies within them. */
export function barList(bars: readonly Bar[], { unit, peak }: { unit: string; peak?: number }): HTMLElement {
  const most = Math.max(peak ?? 0, ...bars.map(({ value }) => value ?? 0));
  const share = (value: number): string => `${((100 * value) / most).toFixed(2)}%`;
  return el(
    "ol",
    { class: "bars", ...(peak !== undefined && { style: `--peak: ${share(peak)}`, "data-peak": "" }) },
    ...bars.map(({ name, about, value, reason, detail }) =>
      el(
        "li",
        {},
        el("span", { class: "bar-name" }, el("strong", {}, name), el("span", { class: "muted small" }, about)),
        value === undefined
          ? el("span", { class: "bar-none muted small" }, reason ?? "")
          : el(
              "span",
              { class: "bar-track", "aria-hidden": "true" },
              el("span", { style: `inline-size: ${share(value)}` }),
            ),
        el(
          "span",
          { class: "bar-value number" },
          value === undefined ? "–" : `${number(value)} ${unit}`,
          detail !== undefined && el("span", { class: "muted small" }, detail),
        ),
      ),
    ),
  );
}
