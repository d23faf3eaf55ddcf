// F(2, 3) along height and width in one dispatch, for adapters with workgroup memory: a workgroup of 256 threads computes SIDE tiles x SIDE
// channels. For each K-step of STEP channels it transforms the tiles into workgroup memory (a thread one row of a tile, in vectors of four
// channels) and loads the transformed filters; then 16 threads for each of the 16 points multiply, SIDE / 4 tiles x SIDE / 4 channels a thread.
// At last the products go through the same memory, some channels a round, so that a thread finds all points of a tile and transforms them back.
// Transforms are those of input.wgsl and output.wgsl at the points 0, 1, -1 and infinity. Channels past the last meet filters of zeros.
// slots: channel_of, epilogue, is_cell, is_padding, load, source, tile_place
// constants: CHANNELS_LAST, EVERY_CELL, SIDE, WORKGROUP_SIZE
// types: OutputChannels, Y
struct Fused {
  rounds: u32, workgroups: u32, k_blocks: u32, tile_blocks: u32, tile_count: u32,
  group_c: u32, group_k: u32, padded_c: u32,
  filter_point: u32, filter_group: u32, filter_row: u32,
  tiles_o: u32, tiles_p: u32, tiles_q: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  end_d: i32, end_h: i32, end_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  output_o: u32, output_p: u32, output_q: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Fused;
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

const STEP = 128u / SIDE;
const THREAD_TILES = SIDE / 4u;
const THREAD_VECTORS = SIDE / 16u;
const BLOCK_VECTORS = SIDE / 4u;
// Vectors of channels in a round of the output transform.
const ROUND_VECTORS = 64u / SIDE;
// Transformed filters [channel of the step][point][vector of outputs], then tiles [four channels of the step][point][tile].
const TILES_AT = 512u;
// No tensor has so many elements, and no sum of two offsets overflows.
const OUTSIDE = 0x40000000u;
var<workgroup> cells: array<vec4f, 1024>;

fn workgroup_thread(workgroup: u32, local: u32) {
  // No thread returns early, since barriers need all of them. Workgroups past the last compute it again and store nothing.
  var index = min(workgroup, g.workgroups - 1u);
  let k0 = index % g.k_blocks * BLOCK_VECTORS;
  index /= g.k_blocks;
  let first_tile = index % g.tile_blocks * SIDE;
  let group = index / g.tile_blocks;

  // The row of a tile that this thread transforms: the difference of two rows of cells, or their sum.
  // Channels-last, neighbouring threads load neighbouring channels.
  let own_four = select(local / (SIDE * 4u), local % (STEP / 4u), CHANNELS_LAST);
  let in_block = select(local, local / (STEP / 4u), CHANNELS_LAST);
  let own_tile = in_block % SIDE;
  let own_row = in_block / SIDE % 4u;
  let place = tile_place(min(first_tile + own_tile, g.tile_count - 1u));
  let slice = i32(place.o) - g.pad_d;
  let row = i32(place.p * 2u) - g.pad_h + select(2, 3, own_row == 3u);
  let other_row = i32(place.p * 2u) - g.pad_h + select(1, 0, own_row == 0u);
  let sign = vec4f(select(-1.0, 1.0, own_row == 1u));
  // An offset of OUTSIDE or more, of rows or of columns, marks a cell that counts as zero: padding, or past the last that outputs see.
  let slice_outside = is_padding(slice, g.input_d);
  let slice_at = g.x_start + place.n * g.x_stride_n + group * g.x_stride_g + u32(source(slice, g.input_d)) * g.x_stride_d;
  let row_at = select(slice_at + u32(source(row, g.input_h)) * g.x_stride_h, OUTSIDE,
    slice_outside | is_padding(row, g.input_h) | (row >= g.end_h));
  let other_row_at = select(slice_at + u32(source(other_row, g.input_h)) * g.x_stride_h, OUTSIDE,
    slice_outside | is_padding(other_row, g.input_h) | (other_row >= g.end_h));
  var columns_at: array<u32, 4>;
  // @unroll
  for (var j = 0u; j < 4u; j++) {
    let column = i32(place.q * 2u + j) - g.pad_w;
    columns_at[j] = select(u32(source(column, g.input_w)) * g.x_stride_w, OUTSIDE,
      is_padding(column, g.input_w) | (column >= g.end_w));
  }

  // Each thread loads two vectors of filters, those of one point and vector of outputs: half a step apart.
  let filters_at = local / BLOCK_VECTORS % 16u * g.filter_point + group * g.filter_group + min(k0 + local % BLOCK_VECTORS, g.filter_row - 1u);
  let filters_c = local / (SIDE * 4u);

  let point = local / 16u;
  let own_k = local / 4u % 4u;
  let own_column = local % 4u;
  var sums: array<vec4f, THREAD_TILES * THREAD_VECTORS>;
  for (var c = 0u; c < g.padded_c; c += STEP) {
    // @unroll
    for (var z = 0u; z < 2u; z++) {
      let filter_c = c + filters_c + z * (STEP / 2u);
      cells[local + z * WORKGROUP_SIZE] = select(vec4f(), filters[filters_at + filter_c * g.filter_row], filter_c < g.padded_c);
    }
    if (local < SIDE * STEP) {
      let own_c = c + own_four * 4u;
      let channels_at = min(vec4u(own_c, own_c + 1u, own_c + 2u, own_c + 3u), vec4u(g.group_c - 1u)) * g.x_stride_c;
      let at = TILES_AT + (own_four * 16u + own_row * 4u) * SIDE + own_tile;
      var differences: array<vec4f, 4>;
      // @unroll
      for (var j = 0u; j < 4u; j++) {
        differences[j] = fma(sign, load_cell(other_row_at + columns_at[j], channels_at), load_cell(row_at + columns_at[j], channels_at));
      }
      cells[at] = differences[2] - differences[0];
      cells[at + SIDE] = differences[2] + differences[1];
      cells[at + 2u * SIDE] = differences[2] - differences[1];
      cells[at + 3u * SIDE] = differences[3] - differences[1];
    }
    workgroupBarrier();
    // @unroll
    for (var four = 0u; four < STEP / 4u; four++) {
      var left: array<vec4f, 4u * THREAD_VECTORS>;
      // @unroll
      for (var s = 0u; s < 4u; s++) {
        // @unroll
        for (var i = 0u; i < THREAD_VECTORS; i++) {
          left[s * THREAD_VECTORS + i] = cells[((four * 4u + s) * 16u + point) * BLOCK_VECTORS + own_k + 4u * i];
        }
      }
      // @unroll
      for (var j = 0u; j < THREAD_TILES; j++) {
        let right = cells[TILES_AT + (four * 16u + point) * SIDE + own_column + 4u * j];
        // @unroll
        for (var i = 0u; i < THREAD_VECTORS; i++) {
          var sum = sums[j * THREAD_VECTORS + i];
          sum = fma(vec4f(right.x), left[i], sum);
          sum = fma(vec4f(right.y), left[THREAD_VECTORS + i], sum);
          sum = fma(vec4f(right.z), left[2u * THREAD_VECTORS + i], sum);
          sums[j * THREAD_VECTORS + i] = fma(vec4f(right.w), left[3u * THREAD_VECTORS + i], sum);
        }
      }
    }
    workgroupBarrier();
  }

  // The channel of a vector is innermost: neighbouring threads read neighbouring numbers.
  let vector = select(local / (SIDE * 4u), local / 4u % ROUND_VECTORS, CHANNELS_LAST);
  let tile = select(local / 4u % SIDE, local / (4u * ROUND_VECTORS), CHANNELS_LAST);
  let inside = (workgroup < g.workgroups) & (first_tile + tile < g.tile_count);
  // The number of rounds is a uniform: compilers unroll a loop of so few turns, which takes them longer than the rest.
  for (var turn = 0u; turn < g.rounds; turn++) {
    // @unroll
    for (var i = 0u; i < THREAD_VECTORS; i++) {
      if ((own_k + 4u * i) / ROUND_VECTORS == turn) {
        // @unroll
        for (var j = 0u; j < THREAD_TILES; j++) {
          cells[(point * ROUND_VECTORS + own_k % ROUND_VECTORS) * SIDE + own_column + 4u * j] = sums[j * THREAD_VECTORS + i];
        }
      }
    }
    workgroupBarrier();
    let k = (k0 + turn * ROUND_VECTORS + vector) * 4u + local % 4u;
    if (inside & (k < g.group_k)) {
      store_tile(vector * SIDE + tile, local % 4u, first_tile + tile, group, k);
    }
    workgroupBarrier();
  }
}

// Loads a cell of four channels.
fn load_cell(at: u32, channels_at: vec4u) -> vec4f {
  let index = vec4u(at) + channels_at;
  return select(vec4f(load(index.x), load(index.y), load(index.z), load(index.w)), vec4f(), at >= OUTSIDE);
}

// Transforms the products of a tile and a channel to outputs, and stores them.
fn store_tile(at: u32, lane: u32, tile: u32, group: u32, k: u32) {
  var rows: array<vec2f, 4>;
  // @unroll
  for (var i = 0u; i < 4u; i++) {
    let zero = cells[at + 4u * i * ROUND_VECTORS * SIDE][lane];
    let one = cells[at + (4u * i + 1u) * ROUND_VECTORS * SIDE][lane];
    let minus_one = cells[at + (4u * i + 2u) * ROUND_VECTORS * SIDE][lane];
    let infinity = cells[at + (4u * i + 3u) * ROUND_VECTORS * SIDE][lane];
    rows[i] = vec2f(zero + one + minus_one, one - minus_one + infinity);
  }
  let outputs = array<vec2f, 2>(rows[0] + rows[1] + rows[2], rows[1] - rows[2] + rows[3]);
  let place = tile_place(tile);
  let channel = channel_of(group * g.group_k + k);
  let y_at = g.y_start + place.n * g.y_stride_n + channel.at + place.o * g.y_stride_o;
  // @unroll
  for (var i = 0u; i < 2u; i++) {
    // @unroll
    for (var j = 0u; j < 2u; j++) {
      let p = place.p * 2u + i;
      let q = place.q * 2u + j;
      if (((p < g.output_p) & (q < g.output_q)) && (EVERY_CELL || is_cell(channel, vec3u(place.o, p, q)))) {
        let index = y_at + p * g.y_stride_p + q * g.y_stride_q;
        y[index] = Y(epilogue(outputs[i][j], channel.index, index));
      }
    }
  }
}
