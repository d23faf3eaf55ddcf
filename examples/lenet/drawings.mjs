// Draws any number of digits, no two alike: design, pen, slant, rotation, size and position are random, and the paper is noisy. A seed
// determines them all.
import { GLYPHS } from "./glyphs.mjs";

/** Cells along a side, as in MNIST. */
export const SIDE = 28;
export const CLASSES = GLYPHS.length;

/** Uniform numbers in [0, 1) (xorshift32, Marsaglia 2003). */
export function chance(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Returns the squared distance of a point from the segment between two others. */
function squaredDistance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
}

/** Draws a digit as SIDE x SIDE numbers from 0, paper, to 1, ink. */
function draw(digit, random, image) {
  const between = (least, most) => least + (most - least) * random();
  const designs = GLYPHS[digit];
  const strokes = designs[Math.floor(random() * designs.length)];
  const [width, height] = [between(10, 17), between(16, 21)];
  const [slant, turn] = [between(-0.25, 0.35), between(-0.26, 0.26)];
  const [x, y] = [SIDE / 2 + between(-3, 3), SIDE / 2 + between(-3, 3)];
  const pen = between(0.7, 1.8); // half its width
  const shake = between(0, 0.04);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const segments = [];
  for (const points of strokes) {
    const placed = points.map(([u, v]) => {
      const b = (v - 0.5 + between(-shake, shake)) * height;
      const a = (u - 0.5 + between(-shake, shake)) * width - slant * b;
      return [x + a * cos - b * sin, y + a * sin + b * cos];
    });
    for (let at = 1; at < placed.length; at++) segments.push([placed[at - 1], placed[at]]);
  }
  const ink = between(0.6, 1);
  const noise = between(0, 0.25);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let nearest = Infinity;
      for (const [from, to] of segments)
        nearest = Math.min(nearest, squaredDistance(column + 0.5, row + 0.5, from, to));
      const drawn = ink * Math.min(1, Math.max(0, pen + 0.5 - Math.sqrt(nearest)));
      image[row * SIDE + column] = Math.min(1, Math.max(0, drawn + noise * (random() - 0.5)));
    }
  }
}

/**
 * Draws digits, all equally often.
 * @returns `images`, count x SIDE x SIDE numbers from 0 to 1, and `labels`, the digits, in random order
 */
export function drawDigits(count, seed) {
  const random = chance(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % CLASSES);
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [labels[at], labels[other]] = [labels[other], labels[at]];
  }
  const images = new Float32Array(count * SIDE * SIDE);
  labels.forEach((digit, at) => draw(digit, random, images.subarray(at * SIDE * SIDE, (at + 1) * SIDE * SIDE)));
  return { images, labels, count };
}
