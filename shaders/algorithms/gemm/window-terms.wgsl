// The cells of a window in the order of its layout, for few channels: a run is RUN terms, which the threads find once for all rows. With LINEAR
// (constant padding) a cell lies at the sum of two offsets, one of its row and one of its term.
// slots: is_padding, load, source
// constants: CHANNELS_LAST, DILATION_D, DILATION_H, DILATION_W, FLAT, LINEAR, PADDING_VALUE, RUN, SIDE_M
var<workgroup> run_terms: array<vec4i, RUN>;
var<private> corner: vec4i;

fn prepare_run(run: u32, local: u32) {
  let k = run * RUN + local;
  let taps = g.window.kernel_t * g.window.kernel_r * g.window.kernel_s;
  let c = select(k / taps, k % g.window.group_c, CHANNELS_LAST);
  let index = select(k - c * taps, k / g.window.group_c, CHANNELS_LAST);
  let row = index / g.window.kernel_s;
  let slice = row / g.window.kernel_r;
  let tap = vec3u(slice * DILATION_D, (row - slice * g.window.kernel_r) * DILATION_H, (index - row * g.window.kernel_s) * DILATION_W);
  let offset = c * g.window.x_stride_c + select(0u, offset_of(tap), LINEAR);
  if (local < RUN) {
    run_terms[local % RUN] = vec4i(vec3i(tap), select(-1, i32(offset), k < g.window.terms));
  }
  workgroupBarrier();
}

fn run_vectors(run: u32) -> u32 {
  return min(RUN / 4u, g.size_k4 - run * (RUN / 4u));
}

fn offset_of(at: vec3u) -> u32 {
  return at.x * g.window.x_stride_d + at.y * g.window.x_stride_h + at.z * g.window.x_stride_w;
}

fn row_of_a(m: u32) -> u32 {
  corner = corners[m % SIDE_M];
  if (LINEAR) {
    // Before the first cell this wraps around, and a term leads back.
    corner.w += i32(offset_of(vec3u(corner.xyz)));
  }
  return 0u;
}

fn load_a(at: u32, k4: u32) -> vec4f {
  let v = k4 % (RUN / 4u);
  return vec4f(load_cell(run_terms[v * 4u]), load_cell(run_terms[v * 4u + 1u]), load_cell(run_terms[v * 4u + 2u]), load_cell(run_terms[v * 4u + 3u]));
}

fn load_cell(term: vec4i) -> f32 {
  let at = corner.xyz + term.xyz;
  var padding = is_padding(at.y, g.window.input_h) | is_padding(at.z, g.window.input_w);
  var index = u32(corner.w) + u32(term.w);
  if (!LINEAR) {
    index += offset_of(vec3u(vec3i(0, source(at.y, g.window.input_h), source(at.z, g.window.input_w))));
  }
  if (!FLAT) {
    padding |= is_padding(at.x, g.window.input_d);
    if (!LINEAR) {
      index += u32(source(at.x, g.window.input_d)) * g.window.x_stride_d;
    }
  }
  // Terms past the last complete a vector: they count as zero, whatever they load.
  return select(select(load(index), PADDING_VALUE, padding), 0.0, term.w < 0);
}
