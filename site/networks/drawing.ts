// The drawing of a network: the maps of each layer as slabs in oblique projection, and below them the distribution of work and weights.
import { svg } from "../common/dom.ts";
import { percent } from "./share-bar.ts";
import type { ConvStop, PoolStop, Walk } from "./walk.ts";

const LEFT = 118;
const RIGHT = 24;
const WIDTH = 1160;
/** The gap between columns, in units of the drawing. */
const PITCH = { least: 13, most: 76 };
const BASE = 196;
const TALLEST = 138;
const SLANT = 0.3;
const BARS = { height: 70, first: 306, second: 410 };
const HEIGHT = 426;
/** Labels of sizes closer than this would touch. */
const LABEL_ROOM = 24;

interface Slab {
  readonly x: number;
  readonly channels: number;
  readonly size: number;
  readonly className: string;
}

export interface Drawing {
  readonly element: SVGSVGElement;
  /** Highlights the column of a layer, by its number. */
  light(number: number | undefined): void;
}

const points = (...corners: readonly (readonly [number, number])[]): string =>
  corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");

/** Draws a slab of maps: its thickness follows the logarithm of the channels, its height and depth the square root of the map's size. */
function slab({ x, channels, size, className }: Slab, largest: number, pitch: number): SVGGElement {
  const thick = Math.min(0.62 * pitch, 2.2 + 2.4 * Math.log2(channels + 1) * Math.min(1, pitch / 34));
  const high = 5 + TALLEST * Math.sqrt(size / largest);
  const deep = SLANT * high;
  const [left, right, top] = [x - thick / 2, x + thick / 2, BASE - high];
  return svg(
    "g",
    { class: `slab ${className}` },
    svg("polygon", {
      class: "face-map",
      points: points([right, BASE], [right + deep, BASE - deep], [right + deep, top - deep], [right, top]),
    }),
    svg("polygon", {
      class: "face-top",
      points: points([left, top], [right, top], [right + deep, top - deep], [left + deep, top - deep]),
    }),
    svg("rect", { class: "face-front", x: left, y: top, width: thick, height: high }),
  );
}

/** The patterns over colours, so that kinds differ without them. */
function patterns(): SVGDefsElement {
  const lines: Record<string, string> = {
    strided: "M1.5 1.5h.01",
    pointwise: "M0 1.5h6M0 4.5h6",
    grouped: "M1.5 0v6M4.5 0v6",
    depthwise: "M-1 1l2 -2M0 6l6 -6M5 7l2 -2",
  };
  return svg(
    "defs",
    {},
    ...Object.entries(lines).map(([kind, d]) =>
      svg(
        "pattern",
        {
          id: `pattern-${kind}`,
          width: kind === "strided" ? 3 : 6,
          height: kind === "strided" ? 3 : 6,
          patternUnits: "userSpaceOnUse",
        },
        svg("path", { d, class: "pattern-line" }),
      ),
    ),
  );
}

function bar(stop: ConvStop, x: number, width: number, share: number, most: number, base: number): SVGGElement {
  const height = Math.max(0.75, (share / most) * BARS.height);
  const box = { x: x - width / 2, y: base - height, width, height, rx: Math.min(2, width / 4) };
  return svg(
    "g",
    { class: `kind-${stop.kind}` },
    svg("rect", { class: "bar-fill", ...box }),
    stop.kind !== "dense" && svg("rect", { ...box, fill: `url(#pattern-${stop.kind})` }),
  );
}

function axis(name: string, most: number, base: number, width: number): SVGGElement {
  return svg(
    "g",
    {},
    svg("text", { x: LEFT - 14, y: base - BARS.height / 2 + 4, class: "axis-name" }, name),
    svg("text", { x: LEFT - 14, y: base - BARS.height + 4, class: "axis-mark" }, percent(most)),
    svg("line", {
      class: "rule faint",
      x1: LEFT - 8,
      x2: width - RIGHT,
      y1: base - BARS.height,
      y2: base - BARS.height,
    }),
    svg("line", { class: "rule", x1: LEFT - 8, x2: width - RIGHT, y1: base, y2: base }),
  );
}

export function draw(walk: Walk, label: string, onHover: (number: number | undefined) => void): Drawing {
  const { stops, convs, multiplyAdds, weights } = walk;
  const input = convs[0]!.shape;
  const largest = input.input[0]!;
  const columns = stops.length + 1;
  const depth = SLANT * TALLEST;
  const pitch = Math.min(PITCH.most, Math.max(PITCH.least, (WIDTH - LEFT - RIGHT - depth) / columns));
  const width = Math.max(520, LEFT + RIGHT + depth + columns * pitch);
  const at = (column: number): number => LEFT + (column + 0.5) * pitch;
  const mostWork = Math.max(...convs.map((stop) => stop.multiplyAdds)) / multiplyAdds;
  const mostWeights = Math.max(...convs.map((stop) => stop.weights)) / weights;
  const barWidth = Math.min(28, 0.72 * pitch);

  const slabs = [slab({ x: at(0), channels: input.channels, size: largest, className: "input" }, largest, pitch)];
  const bars: SVGElement[] = [];
  const sizes = [svg("text", { class: "size", x: at(0), y: BASE + 18 }, largest)];
  const lights = new Map<number, SVGElement>();
  const covers: SVGElement[] = [];
  let labelled = { size: largest, x: at(0) };
  stops.forEach((stop, index) => {
    const x = at(index + 1);
    slabs.push(slab({ x, channels: stop.channels, size: stop.size, className: classOf(stop) }, largest, pitch));
    if (stop.field && stop.size !== labelled.size && x - labelled.x >= LABEL_ROOM) {
      sizes.push(svg("text", { class: "size", x, y: BASE + 18 }, stop.size));
      labelled = { size: stop.size, x };
    }
    if (stop.type === "pool") return;
    bars.push(bar(stop, x, barWidth, stop.multiplyAdds / multiplyAdds, mostWork, BARS.first));
    bars.push(bar(stop, x, barWidth, stop.weights / weights, mostWeights, BARS.second));
    const column = { x: x - pitch / 2, y: BASE + 4, width: pitch, height: BARS.second - BASE - 4 };
    lights.set(stop.number, svg("rect", { class: "light", ...column, rx: 3 }));
    covers.push(
      svg("rect", {
        class: "cover",
        ...column,
        y: 8,
        height: BARS.second - 8,
        pointerenter: () => onHover(stop.number),
        pointerleave: () => onHover(undefined),
      }),
    );
  });

  const element = svg(
    "svg",
    {
      class: "drawing",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: "img",
      "aria-label": label,
      style: `min-inline-size:${Math.min(width, 760)}px;max-inline-size:${width}px`,
    },
    patterns(),
    ...lights.values(),
    svg("text", { x: LEFT - 14, y: BASE - TALLEST / 2, class: "axis-name" }, "Maps"),
    svg("text", { x: LEFT - 14, y: BASE + 18, class: "axis-mark" }, "cells a side"),
    axis("Multiply-adds", mostWork, BARS.first, width),
    axis("Parameters", mostWeights, BARS.second, width),
    ...slabs,
    ...sizes,
    ...bars,
    ...covers,
  );
  let lit: SVGElement | undefined;
  return {
    element,
    light: (number) => {
      lit?.classList.remove("on");
      lit = number === undefined ? undefined : lights.get(number);
      lit?.classList.add("on");
    },
  };
}

function classOf(stop: ConvStop | PoolStop): string {
  if (stop.type === "pool") return "pooling";
  return stop.side ? `kind-${stop.kind} beside` : `kind-${stop.kind}`;
}
