// Means, over the cells of windows, of products of channels minus their means. An invocation computes the products of four channels with four:
// eight loads for sixteen products instead of two loads for each.
// slots: cells_of_depth, cells_of_height, cells_of_width, divided, pair_of, place_of
// constants: CENTERED, CHANNELS_LAST
// types: E, Element, Map
struct Rule {
  // Blocks of four channels, and pairs of blocks: each block with itself and with all after it.
  blocks: u32,
  pairs: u32,
}

@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> means: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let column = divided(index, g.output.width);
  let row = divided(column.quotient, g.output.height);
  let slice = divided(row.quotient, g.output.depth);
  let pair = divided(slice.quotient, g.rule.pairs);
  var first = 0u;
  var after = pair.rest;
  while (after >= g.rule.blocks - first) {
    after -= g.rule.blocks - first;
    first++;
  }
  var o = Element(pair.quotient, 0u, slice.rest, row.rest, column.rest);
  let channels = g.input.channels;
  let pooled = Map(channels, g.output.depth, g.output.height, g.output.width);
  // Channels past the last one repeat it, and are not stored.
  var left_at: array<u32, 4>;
  var right_at: array<u32, 4>;
  var left_mean: array<f32, 4>;
  var right_mean: array<f32, 4>;
  // @unroll
  for (var i = 0u; i < 4u; i++) {
    let left = min(first * 4u + i, channels - 1u);
    let right = min((first + after) * 4u + i, channels - 1u);
    left_at[i] = place_of(Element(o.n, left, 0u, 0u, 0u), g.input);
    right_at[i] = place_of(Element(o.n, right, 0u, 0u, 0u), g.input);
    left_mean[i] = select(0.0, means[place_of(Element(o.n, left, o.d, o.h, o.w), pooled)], CENTERED);
    right_mean[i] = select(0.0, means[place_of(Element(o.n, right, o.d, o.h, o.w), pooled)], CENTERED);
  }
  let from_d = cells_of_depth(o.d);
  let from_h = cells_of_height(o.h);
  let from_w = cells_of_width(o.w);
  let pixel = select(1u, channels, CHANNELS_LAST);
  let count = from_d.count * from_h.count * from_w.count;
  var sums: array<f32, 16>;
  for (var i = 0u; i < count; i++) {
    let in_row = divided(i, from_w.count);
    let in_slice = divided(in_row.quotient, from_h.count);
    let d = from_d.first + in_slice.quotient * from_d.step;
    let h = from_h.first + in_slice.rest * from_h.step;
    let w = from_w.first + in_row.rest * from_w.step;
    let offset = ((d * g.input.height + h) * g.input.width + w) * pixel;
    var left: array<f32, 4>;
    var right: array<f32, 4>;
    // @unroll
    for (var k = 0u; k < 4u; k++) {
      left[k] = f32(x[left_at[k] + offset]) - left_mean[k];
      right[k] = f32(x[right_at[k] + offset]) - right_mean[k];
    }
    // @unroll
    for (var k = 0u; k < 16u; k++) {
      sums[k] += left[k / 4u] * right[k % 4u];
    }
  }
  // @unroll
  for (var k = 0u; k < 16u; k++) {
    let a = first * 4u + k / 4u;
    let b = (first + after) * 4u + k % 4u;
    if (a <= b && b < channels) {
      o.c = pair_of(a, b, channels);
      y[place_of(o, g.output)] = E(sums[k] / f32(count));
    }
  }
}
