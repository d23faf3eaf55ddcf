// The adjoint of padding that repeats cells, along two axes: each cell sums, in a fixed order, the gradients of the cells of the padded axes
// that repeat it. `copies` comes from a copies-* snippet. An invocation computes every row_threads-th item of a row along the second axis.
// INNER: cells of that axis have several items.
// slots: copies
// constants: IMAGES, INNER, RUN
// types: O, S, V
struct Folded { size: i32, padded: i32, begin: i32 }

// `between` are the rows between neighbouring cells of the first axis, `inner` the items of a cell of the second one.
struct Fold { threads: u32, row_threads: u32, between: u32, inner: u32, first: Folded, @align(16) second: Folded }

// Cells of a padded axis, `step` apart.
struct Cells { first: i32, end: i32, step: i32 }

// The copies of a cell: `own`, then up to `all` those in mirror images.
struct Copies { first: i32, mirrored: i32, step: i32, own: i32, all: i32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> dy: array<S>;
@group(0) @binding(2) var<storage, read_write> dx: array<O>;

fn count_of(cells: Cells) -> i32 {
  return max(cells.end - cells.first + cells.step - 1, 0) / cells.step;
}

fn copies_of(cell: u32, axis: Folded) -> Copies {
  let own = copies(0, i32(cell), axis.size, axis.begin, axis.padded);
  let count = count_of(own);
  if (IMAGES == 1) {
    return Copies(own.first, 0, own.step, count, count);
  }
  let mirrored = copies(1, i32(cell), axis.size, axis.begin, axis.padded);
  return Copies(own.first, mirrored.first, own.step, count, count + count_of(mirrored));
}

fn copy_at(c: Copies, k: i32) -> u32 {
  return u32(select(c.first + k * c.step, c.mirrored + (k - c.own) * c.step, k >= c.own));
}

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let row_threads = g.row_threads;
  let inner = g.inner;
  let row = index / row_threads;
  let column = index - row * row_threads;
  let line = row / g.between;
  let outer = line / u32(g.first.size);
  let items = u32(g.second.size) * inner;
  var cells: array<Copies, RUN>;
  var within: array<u32, RUN>;
  var most = 0;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let at = min(column + r * row_threads, items - 1u);
    var cell = at;
    if (INNER) {
      cell = at / inner;
    }
    within[r] = at - cell * inner;
    cells[r] = copies_of(cell, g.second);
    most = max(most, cells[r].all);
  }
  let rows = copies_of(line - outer * u32(g.first.size), g.first);
  var sums: array<V, RUN>;
  // One loop that counts like digits: nested loops take several times as long on software adapters.
  var j = 0;
  var k = 0;
  for (var i = 0; i < rows.all * most; i++) {
    let padded_row = (outer * u32(g.first.padded) + copy_at(rows, j)) * g.between + row - line * g.between;
    let start = padded_row * u32(g.second.padded) * inner;
    // @unroll
    for (var r = 0u; r < RUN; r++) {
      let inside = k < cells[r].all;
      let place = start + copy_at(cells[r], k) * inner + within[r];
      sums[r] += select(V(0.0), V(dy[select(start, place, inside)]), inside);
    }
    k++;
    let next_row = k == most;
    k = select(k, 0, next_row);
    j += i32(next_row);
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let at = column + r * row_threads;
    if (at < items) {
      dx[row * items + at] = O(sums[r]);
    }
  }
}
