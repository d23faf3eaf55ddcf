// The gradient of max unpooling: a value gets the gradient of the cell at its index, unless a later window also wrote there. ALONE: no cell
// lies in two windows. The pooled map is the input.
// slots: around_depth, around_height, around_width, divided, has_cell
// constants: ALONE, CHANNELS_LAST
// types: Division, E
struct Rule { unused: u32 }

@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, g.input.channels);
  }
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let windows = g.input.depth * g.input.height * g.input.width;
  let cells = g.output.depth * g.output.height * g.output.width;
  // The plane of the channel or, with channels last, the volume of the sample.
  let volume = divided(channel.quotient, windows).quotient * pixel;
  let position = indices[index];
  // An invalid position is clamped to one that it does not equal.
  let at = min(u32(max(position, 0.0)), cells - 1u);
  let row = divided(at, g.output.width);
  let slice = divided(row.quotient, g.output.height);
  let cell = vec3u(slice.quotient, slice.rest, row.rest);
  let along_d = around_depth(cell.x);
  let along_h = around_height(cell.y);
  let along_w = around_width(cell.z);
  let plane = volume * windows + channel.rest;
  var winner = 0xffffffffu;
  if (ALONE) {
    // The value was written if its index is a cell of its window.
    let window = vec3u(along_d.begin, along_h.begin, along_w.begin);
    let spanned = all(window < vec3u(along_d.end, along_h.end, along_w.end));
    let pooled = plane + ((window.x * g.input.height + window.y) * g.input.width + window.z) * pixel;
    winner = select(winner, pooled, spanned & (position == f32(at)) & has_cell(window, cell));
  } else {
    for (var d = along_d.begin; d < along_d.end; d++) {
      for (var h = along_h.begin; h < along_h.end; h++) {
        for (var w = along_w.begin; w < along_w.end; w++) {
          let pooled = plane + ((d * g.input.height + h) * g.input.width + w) * pixel;
          let writes = (indices[pooled] == f32(at)) & has_cell(vec3u(d, h, w), cell);
          winner = select(winner, pooled, writes);
        }
      }
    }
  }
  dx[index] = E(select(0.0, f32(dy[volume * cells + channel.rest + at * pixel]), winner == index));
}
