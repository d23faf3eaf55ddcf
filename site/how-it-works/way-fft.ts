// FFT: the spectra as heat maps, and the inverse transform of their product.
import { el } from "../common/dom.ts";
import { type Spectrum, fourier, magnitudes } from "./dft.ts";
import { CellMap, type Kind } from "./map.ts";
import { plain } from "./values.ts";
import { type Problem, type Way, equation } from "./way.ts";

/** Shows magnitudes from 0 to the largest of the map, with frequency 0 framed in the middle. */
function heatMap(label: string, kind: Kind, spectrum: Spectrum): CellMap {
  const values = magnitudes(spectrum);
  const side = values.length;
  const at = (row: number, column: number): number =>
    values[(row + Math.ceil(side / 2)) % side]![(column + Math.ceil(side / 2)) % side]!;
  const largest = Math.max(...values.flat());
  const map = new CellMap({ label, kind, rows: side, columns: side, text: (row, column) => plain(at(row, column)) });
  map.element.classList.add("heat");
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) map.heat(row, column, largest === 0 ? 0 : at(row, column) / largest);
  map.frame({ row: side / 2, column: side / 2, cells: 1 });
  return map;
}

function largestOf(spectrum: Spectrum): string {
  return plain(Math.max(...magnitudes(spectrum).flat()), 1);
}

export function fftWay({ x, w, dilation }: Problem): Way {
  const { input, kernel, product, circular, output } = fourier(x, w, dilation);
  const side = output.length;
  const whole = new CellMap({
    label: "The inverse transform; cells beyond the outputs have wrapped around",
    kind: "output",
    rows: x.length,
    columns: x.length,
    text: (row, column) => plain(circular[row]![column]!),
  });
  for (let row = 0; row < x.length; row++)
    for (let column = 0; column < x.length; column++)
      if (row >= side || column >= side) whole.mark(row, column, "pending", "wrapped around, not used");
  return {
    nodes: [
      equation(
        [heatMap("Magnitudes of the input's spectrum", "input", input), `input, up to ${largestOf(input)}`],
        "×",
        [heatMap("Magnitudes of the kernel's spectrum", "kernel", kernel), `kernel, up to ${largestOf(kernel)}`],
        "=",
        [heatMap("Magnitudes of the product", "output", product), `product, up to ${largestOf(product)}`],
        "→",
        [whole, "transformed back"],
      ),
      el(
        "p",
        { class: "muted small" },
        "The stronger the colour, the larger the magnitude of a frequency. The framed cell is frequency 0, the sum of all cells. Each number is complex: it has a phase too, which is not drawn; that of the kernel has its sign changed, because the kernel is not flipped. ",
        "The kernel lies in the corner of a map of zeros as large as the input. Windows that leave the map come back in on the other side; those outputs, hatched, are dropped.",
      ),
    ],
    output,
    products: `${x.length ** 2} complex`,
    mark(row, column) {
      whole.select(row, column);
    },
  };
}
