// Rewriting: a graph while a pass goes through its nodes in order and replaces some of them. It counts readers, so that whatever a replacement
// leaves unread is gone at once, and a pass takes time proportional to the size of the graph.
import type { Graph, Node, Value } from "../graph.ts";

/** Returns a graph that computes the same, or the graph that it was given if it found nothing. */
export type Pass = (graph: Graph) => Graph;

/**
 * Replaces a node: adds others and returns the values that take the place of its results, which may be those results made by another node.
 * Returns undefined to keep the node.
 */
export type Rule = (node: Node, graph: Rewriting) => readonly Value[] | undefined;

/** Goes through a graph once. Returns the graph itself if no rule applied. */
export function rewrite(graph: Graph, ...rules: readonly Rule[]): Graph {
  const rewriting = new Rewriting(graph);
  for (const node of graph.nodes) rewriting.visit(node, rules);
  return rewriting.changed ? rewriting.graph() : graph;
}

/** The part of a graph that was gone through, and the numbers of all readers. */
export class Rewriting {
  changed = false;
  readonly #before: Graph;
  readonly #nodes = new Set<Node>();
  readonly #places = new Map<Node, number>();
  readonly #makers = new Map<Value, Node>();
  readonly #readers: Map<Value, number>;
  readonly #substitutes = new Map<Value, Value>();
  readonly #names: Set<string>;

  constructor(graph: Graph) {
    this.#before = graph;
    this.#readers = countReaders(graph);
    this.#names = namesOf(graph);
  }

  /** The node that makes a value; undefined of inputs and constants. */
  maker(value: Value): Node | undefined {
    return this.#makers.get(value);
  }

  /** Whether one node reads the value, once, and it is no output of the graph. */
  isReadOnce(value: Value): boolean {
    return this.#readers.get(value) === 1;
  }

  /** The place of the node that makes a value among all that there were: what is made later has a larger one. */
  placeOf(value: Value): number {
    const maker = this.#makers.get(value);
    return (maker && this.#places.get(maker)) ?? -1;
  }

  /** Adds a node, whose results may be those of the node that is being replaced. */
  add(node: Node): readonly Value[] {
    this.#append(node);
    for (const value of Object.values(node.inputs)) this.#read(value, 1);
    return node.outputs;
  }

  /** A name that no node and no value has. */
  unique(name: string): string {
    return uniqueIn(this.#names, name);
  }

  visit(given: Node, rules: readonly Rule[]): void {
    const node = this.#substituted(given);
    for (const rule of rules) {
      const results = rule(node, this);
      if (!results) continue;
      this.changed = true;
      node.outputs.forEach((value, at) => this.#substitute(value, results[at]!));
      for (const value of Object.values(node.inputs)) this.#release(value);
      return;
    }
    this.#append(node);
  }

  graph(): Graph {
    const outputs = [...this.#before.outputs].map(([name, value]) => [name, this.#current(value)] as const);
    return { inputs: this.#before.inputs, outputs: new Map(outputs), nodes: [...this.#nodes] };
  }

  #append(node: Node): void {
    this.#nodes.add(node);
    this.#places.set(node, this.#places.size);
    for (const value of node.outputs) this.#makers.set(value, node);
  }

  #current(value: Value): Value {
    return this.#substitutes.get(value) ?? value;
  }

  #substituted(node: Node): Node {
    const inputs = Object.entries(node.inputs);
    if (!inputs.some(([, value]) => this.#substitutes.has(value))) return node;
    return { ...node, inputs: Object.fromEntries(inputs.map(([name, value]) => [name, this.#current(value)])) };
  }

  #substitute(value: Value, by: Value): void {
    if (value === by) return;
    this.#substitutes.set(value, by);
    this.#read(by, this.#readers.get(value) ?? 0);
  }

  #read(value: Value, times: number): void {
    this.#readers.set(value, (this.#readers.get(value) ?? 0) + times);
  }

  /** Takes a reader from a value, and drops the node that makes it if that was the last reader of all its results. */
  #release(value: Value): void {
    const released = [value];
    for (let one = released.pop(); one; one = released.pop()) {
      this.#read(one, -1);
      const maker = this.#makers.get(one);
      if (!maker || maker.outputs.some((result) => this.#readers.get(result) !== 0) || !this.#nodes.delete(maker))
        continue;
      released.push(...Object.values(maker.inputs));
    }
  }
}

/** How often each value of a graph is read, by nodes and as an output. */
export function countReaders(graph: Graph): Map<Value, number> {
  const readers = new Map<Value, number>();
  const read = (value: Value): unknown => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const { inputs, outputs } of graph.nodes) {
    for (const value of outputs) readers.set(value, readers.get(value) ?? 0);
    Object.values(inputs).forEach(read);
  }
  [...graph.outputs.values()].forEach(read);
  return readers;
}

/** A name that is not among others, which it joins. */
export function uniqueIn(names: Set<string>, name: string): string {
  let unique = name;
  for (let copy = 2; names.has(unique); copy++) unique = `${name}/${copy}`;
  names.add(unique);
  return unique;
}

export function namesOf({ inputs, nodes }: Graph): Set<string> {
  const names = new Set(inputs.map(({ name }) => name));
  for (const node of nodes) {
    names.add(node.name);
    for (const { name } of [...Object.values(node.inputs), ...node.outputs]) names.add(name);
  }
  return names;
}

/** A node that does the work of others as well: with their results, and the name of the first. */
export function merged(into: Node, last: Node, changes: Partial<Pick<Node, "inputs" | "options" | "outputs">>): Node {
  return {
    ...into,
    ...changes,
    outputs: changes.outputs ?? last.outputs,
    merged: [...(into.merged ?? []), last.name, ...(last.merged ?? [])],
  };
}
