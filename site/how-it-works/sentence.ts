// Describes a chosen cell, in words and as its sum.
import { el } from "../common/dom.ts";
import { type Choice, productsOf } from "./choice.ts";
import { type Geometry, type Product } from "./geometry.ts";
import { type Values, factor, factors, plain, sum } from "./values.ts";

function count(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}

function place({ channels }: Geometry, { cell }: Choice): string {
  return `row ${cell.row + 1}, column ${cell.column + 1}${channels === 1 ? "" : ` of channel ${cell.channel + 1}`}`;
}

/** Describes a choice in a sentence. */
export function describe(geometry: Geometry, values: Values, choice: Choice): string {
  const products = productsOf(geometry, choice);
  if (choice.side === "input") {
    const reached = new Set(products.map(({ output }) => `${output.channel} ${output.row} ${output.column}`)).size;
    const value = plain(values.input(choice.cell));
    return `Input ${place(geometry, choice)} is ${value} and goes into ${count(reached, "output")}.`;
  }
  const padded = products.filter(
    ({ read, source }) => source?.row !== read.row || source.column !== read.column,
  ).length;
  const beyond = padded === 0 ? "" : `, ${padded === products.length ? "all" : padded} of them with padding`;
  const value = plain(sum(values, products));
  return `Output ${place(geometry, choice)} is ${value}: the sum of ${count(products.length, "product")}${beyond}.`;
}

function term(values: Values, product: Product): HTMLElement {
  const { input, weight } = factors(values, product);
  const outside = product.source === undefined;
  return el(
    "span",
    { class: outside ? "term outside" : "term" },
    el("span", { class: "in" }, factor(input)),
    "·",
    el("span", { class: "by" }, factor(weight)),
  );
}

/** Groups the products by input channel, in order. */
function byChannel(products: readonly Product[]): Map<number, Product[]> {
  const lines = new Map<number, Product[]>();
  for (const product of products) {
    const { channel } = product.read;
    lines.set(channel, [...(lines.get(channel) ?? []), product]);
  }
  return lines;
}

function gathered(geometry: Geometry, values: Values, choice: Choice): HTMLElement[] {
  const products = productsOf(geometry, choice);
  const children: (HTMLElement | string)[] = [];
  for (const [channel, own] of byChannel(products)) {
    if (geometry.channels > 1) children.push(el("span", { class: "from" }, `channel ${channel + 1}:`));
    for (const product of own) children.push(term(values, product), " + ");
  }
  children.pop();
  if (products.length === 0) children.push("no input reaches this output: 0");
  return [
    el("p", { class: "sum-line" }, ...children, " = ", el("strong", { class: "out" }, plain(sum(values, products)))),
  ];
}

function scattered(geometry: Geometry, values: Values, choice: Choice): HTMLElement[] {
  const products = productsOf(geometry, choice);
  if (products.length === 0) return [el("p", {}, "No output reads this cell.")];
  const items = products.map((product) => {
    const { input, weight } = factors(values, product);
    const { channel, row, column } = product.output;
    const where = `${geometry.channels > 1 ? `channel ${channel + 1}, ` : ""}(${row + 1}, ${column + 1})`;
    return el("li", {}, term(values, product), ` = ${plain(input * weight)} → `, el("span", { class: "out" }, where));
  });
  return [el("ul", { class: "parts" }, ...items)];
}

/** Writes out the products of a choice. */
export function writtenOut(geometry: Geometry, values: Values, choice: Choice): HTMLElement[] {
  return choice.side === "output" ? gathered(geometry, values, choice) : scattered(geometry, values, choice);
}
