// The maps of the first part: input, kernels and output of a geometry, with the cells of the choice marked.
import { type Choice, indexOf, placeAt, productsOf } from "./choice.ts";
import { type Geometry, type Product, extent, groupOf, outputSize, scatter, sourceOf } from "./geometry.ts";
import { CellMap, type How, captioned } from "./map.ts";
import { type Values, factors, outputs, plain } from "./values.ts";

type Holders = Record<"input" | "kernel" | "output", HTMLElement>;
type Choose = (choice: Choice, how: How) => void;

export class Stage {
  readonly #holders: Holders;
  readonly #choose: Choose;
  #geometry!: Geometry;
  #values!: Values;
  #results: number[][][] = [];
  #inputs: CellMap[] = [];
  #outputs: CellMap[] = [];
  #kernels = new Map<number, CellMap>();
  #kernelsOf = "";

  constructor(holders: Holders, choose: Choose) {
    this.#holders = holders;
    this.#choose = choose;
  }

  /** Draws the maps of a valid geometry. */
  build(geometry: Geometry, values: Values): void {
    this.#geometry = geometry;
    this.#values = values;
    this.#results = outputs(geometry, values);
    this.#kernelsOf = "";
    const channels = Array.from({ length: geometry.channels }, (_, channel) => channel);
    this.#inputs = channels.map((channel) => this.#inputMap(channel));
    this.#outputs = channels.map((channel) => this.#outputMap(channel));
    CellMap.alike(this.#outputs);
    for (const side of ["input", "output"] as const) {
      const maps = side === "input" ? this.#inputs : this.#outputs;
      this.#holders[side].replaceChildren(...maps.map((map, channel) => captioned(map, this.#channelName(channel))));
      this.#holders[side].parentElement!.toggleAttribute("data-many", geometry.channels > 1);
    }
  }

  /** Marks the cells of a choice; `partial` shows only the outputs computed up to it. */
  show(choice: Choice, partial: boolean): void {
    const { side, cell } = choice;
    const products = productsOf(this.#geometry, choice);
    for (const map of [...this.#inputs, ...this.#outputs]) {
      map.clearMarks();
      map.select();
      map.frame();
    }
    this.#showKernels(choice, products);
    const group = groupOf(this.#geometry, cell.channel);
    for (const [other, holder] of [
      ["output", this.#holders.input],
      ["input", this.#holders.output],
    ] as const)
      for (const [channel, figure] of [...holder.children].entries())
        figure.toggleAttribute("data-idle", side === other && !group.includes(channel));
    this.#writeOutputs(choice, partial);
    if (side === "output") this.#markReads(products);
    else this.#markReached(products);
    this.#frame(choice, group);
    (side === "output" ? this.#outputs : this.#inputs)[cell.channel]!.select(cell.row, cell.column);
  }

  #markReads(products: readonly Product[]): void {
    for (const { source } of products)
      if (source) this.#inputs[source.channel]!.mark(source.row, source.column, "source");
    for (const product of products) {
      const { channel, row, column } = product.read;
      this.#inputs[channel]!.mark(row, column, "read", plain(factors(this.#values, product).weight));
    }
  }

  #markReached(products: readonly Product[]): void {
    for (const product of products) {
      const { channel, row, column } = product.output;
      this.#outputs[channel]!.mark(row, column, "reached", plain(factors(this.#values, product).weight));
    }
  }

  /** Frames the window on the side that it moves over: the input, or the output of a transposed convolution. */
  #frame({ side, cell }: Choice, group: readonly number[]): void {
    const { stride, padding, transposed } = this.#geometry;
    if ((side === "input") !== transposed) return;
    const place = {
      row: cell.row * stride - padding,
      column: cell.column * stride - padding,
      cells: extent(this.#geometry),
    };
    for (const channel of group) (transposed ? this.#outputs : this.#inputs)[channel]!.frame(place);
  }

  #showKernels({ side, cell }: Choice, products: readonly Product[]): void {
    const wanted = `${side} ${cell.channel}`;
    if (wanted !== this.#kernelsOf) {
      this.#kernelsOf = wanted;
      const group = groupOf(this.#geometry, cell.channel);
      this.#kernels = new Map(group.map((other) => [other, this.#kernelMap(side, cell.channel, other)]));
      this.#holders.kernel.replaceChildren(
        ...[...this.#kernels].map(([other, map]) =>
          captioned(
            map,
            this.#geometry.channels === 1 ? "" : `${side === "output" ? "from" : "to"} channel ${other + 1}`,
          ),
        ),
      );
    }
    for (const map of this.#kernels.values()) map.clearMarks();
    for (const { read, output, tap } of products)
      this.#kernels.get(side === "output" ? read.channel : output.channel)!.mark(...tap, "used");
  }

  /** Shows outputs that are not computed yet as dots; in the scatter view their sums grow with each input. */
  #writeOutputs(choice: Choice, partial: boolean): void {
    const done = indexOf(this.#geometry, choice);
    const sums = partial && choice.side === "input" ? this.#sumsUpTo(done) : this.#results;
    let index = 0;
    sums.forEach((map, channel) =>
      map.forEach((line, row) =>
        line.forEach((value, column) => {
          const pending = partial && choice.side === "output" && index++ > done;
          this.#outputs[channel]!.text(row, column, pending ? "·" : plain(value));
        }),
      ),
    );
  }

  #sumsUpTo(last: number): number[][][] {
    const sums = this.#results.map((map) => map.map((line) => line.map(() => 0)));
    for (let index = 0; index <= last; index++) {
      for (const product of scatter(this.#geometry, placeAt(this.#geometry, "input", index))) {
        const { input, weight } = factors(this.#values, product);
        const { channel, row, column } = product.output;
        sums[channel]![row]![column]! += input * weight;
      }
    }
    return sums;
  }

  #channelName(channel: number): string {
    return this.#geometry.channels === 1 ? "" : `channel ${channel + 1}`;
  }

  #inputMap(channel: number): CellMap {
    const { size, padding, mode, transposed } = this.#geometry;
    return new CellMap({
      label: `Input ${this.#channelName(channel)}`.trim(),
      kind: "input",
      rows: size,
      columns: size,
      margin: transposed ? 0 : padding,
      marginName: "padding",
      text: (row, column) => {
        const [sourceRow, sourceColumn] = [sourceOf(row, size, mode), sourceOf(column, size, mode)];
        if (sourceRow === undefined || sourceColumn === undefined) return "0";
        return plain(this.#values.input({ channel, row: sourceRow, column: sourceColumn }));
      },
      choose: (row, column, how) => this.#choose({ side: "input", cell: { channel, row, column } }, how),
    });
  }

  #outputMap(channel: number): CellMap {
    const { padding, transposed } = this.#geometry;
    const along = outputSize(this.#geometry);
    return new CellMap({
      label: `Output ${this.#channelName(channel)}`.trim(),
      kind: "output",
      rows: along,
      columns: along,
      margin: transposed ? padding : 0,
      marginName: "cut off by the padding",
      text: (row, column) => plain(this.#results[channel]?.[row]?.[column] ?? NaN).replace("NaN", ""),
      choose: (row, column, how) => this.#choose({ side: "output", cell: { channel, row, column } }, how),
    });
  }

  #kernelMap(side: Choice["side"], channel: number, other: number): CellMap {
    const [input, output] = side === "output" ? [other, channel] : [channel, other];
    const { kernel, channels } = this.#geometry;
    return new CellMap({
      label: channels === 1 ? "Kernel" : `Kernel from input channel ${input + 1} to output channel ${output + 1}`,
      kind: "kernel",
      rows: kernel,
      columns: kernel,
      text: (row, column) =>
        plain(this.#values.weight({ tap: [row, column], read: { channel: input }, output: { channel: output } })),
    });
  }
}
