// The adjoint of padding along one axis: each cell sums, in a fixed order, the gradients of the cells of the padded axis that repeat it. Those
// are every `period`-th from the cell itself, and with a mirror those from its mirror image; where the border repeats, its first or last cell
// sums all beyond it.
// types: O, S
struct Fold {
  threads: u32,
  size: i32, padded: i32, inner: i32, begin: i32,
  period: i32,
  // The mirror image of cell i is `mirror` - i; 1 if there is none.
  mirror: i32,
  // Whether the border repeats.
  repeats: u32,
}

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> dy: array<S>;
@group(0) @binding(2) var<storage, read_write> dx: array<O>;

fn thread(index: u32) {
  let line = i32(index) / g.inner;
  let outer = line / g.size;
  let cell = line - outer * g.size;
  let start = outer * g.padded * g.inner + i32(index) - line * g.inner;
  var sum = 0.0;
  if (g.repeats == 1) {
    let first = select(cell + g.begin, 0, cell == 0);
    let last = select(cell + g.begin, g.padded - 1, cell == g.size - 1);
    sum = along(start, max(first, 0), min(last, g.padded - 1) + 1, 1);
  } else {
    sum = along(start, first_of(cell), g.padded, g.period);
    let image = g.mirror - cell;
    if (g.mirror <= 0 && (cell - image) % g.period != 0) {
      sum += along(start, first_of(image), g.padded, g.period);
    }
  }
  dx[index] = O(sum);
}

// The first cell of the padded axis that is a multiple of the period away from a cell of the axis.
fn first_of(cell: i32) -> i32 {
  let rest = (cell + g.begin) % g.period;
  return select(rest, rest + g.period, rest < 0);
}

fn along(start: i32, first: i32, end: i32, step: i32) -> f32 {
  var sum = 0.0;
  for (var cell = first; cell < end; cell += step) {
    sum += f32(dy[start + cell * g.inner]);
  }
  return sum;
}
