// The card of a result: a picture to save and to share.
import { number } from "../../common/format.ts";
import { readTokens } from "../palette.ts";
import { flopsPerSecond, isTimed } from "../rows.ts";
import type { TestResult } from "./link.ts";
import { REFERENCE, scoreOf } from "./score.ts";

const SIZE = { width: 1200, height: 630 };
const EDGE = 72;

/** Draws text that may be too wide, smaller. */
function fitted(context: CanvasRenderingContext2D, words: string, x: number, y: number, width: number): void {
  const { font } = context;
  const size = Number(/(\d+)px/.exec(font)![1]);
  const needed = context.measureText(words).width;
  if (needed > width)
    context.font = font.replace(`${size}px`, `${Math.max(14, Math.floor((size * width) / needed))}px`);
  context.fillText(words, x, y, width);
  context.font = font;
}

/** Draws the card in the colours of an element of the page. */
export function drawCard(result: TestResult, host: HTMLElement): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const context = canvas.getContext("2d")!;
  const { paper, ink, muted, accent, line } = readTokens(host, ["paper", "ink", "muted", "accent", "line"]);
  const family = getComputedStyle(host).fontFamily;
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${family}`;
  const write = (
    words: string,
    x: number,
    y: number,
    of: { size: number; weight?: number; fill?: string; width?: number },
  ) => {
    context.font = font(of.size, of.weight);
    context.fillStyle = of.fill ?? ink;
    fitted(context, words, x, y, of.width ?? SIZE.width - 2 * EDGE);
  };
  context.fillStyle = paper;
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  context.fillStyle = accent;
  context.fillRect(0, 0, SIZE.width, 10);

  const score = scoreOf(result.measured.map(({ row }) => row));
  write("Convolution on this machine", EDGE, 96, { size: 30, weight: 600, fill: muted });
  write(score ? `${number(score.times)} ×` : "no score", EDGE, 210, { size: 108, weight: 750, width: 560 });
  write(`as fast as ${REFERENCE.name}`, EDGE, 258, { size: 26, fill: muted, width: 1000 });
  write(result.adapter, EDGE, 330, { size: 34, weight: 650 });
  write(`${result.browser}, ${result.made.slice(0, 10)}`, EDGE, 372, { size: 26, fill: muted });

  const rungs = result.measured.filter(({ contest, row }) => contest.part === "ladder" && isTimed(row));
  const speeds = rungs.map(({ row }) => (isTimed(row) ? flopsPerSecond(row) / 1e9 : 0));
  const most = Math.max(...speeds, Number.MIN_VALUE);
  const width = (SIZE.width - 2 * EDGE) / Math.max(1, rungs.length);
  const base = 540;
  rungs.forEach(({ contest }, at) => {
    const height = Math.max(2, (110 * speeds[at]!) / most);
    const x = EDGE + at * width;
    context.fillStyle = accent;
    context.fillRect(x, base - height, width - 16, height);
    write(contest.name, x, base + 28, { size: 20, width: width - 16 });
    write(`${number(speeds[at]!)} GFLOP/s`, x, base + 52, { size: 17, fill: muted, width: width - 16 });
  });
  context.fillStyle = line;
  context.fillRect(EDGE, base, SIZE.width - 2 * EDGE, 2);
  return canvas;
}
