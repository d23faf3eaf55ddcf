// A is a channels-last tensor: row m is the pixel that output m sees, at any stride; the columns are the channels, whose number need not be a
// multiple of 4. Strides count elements. load comes from load.wgsl.
// slots: load, pixel_offset

fn row_of_a(m: u32) -> u32 {
  return pixel_offset(m);
}

fn load_a(at: u32, k4: u32) -> vec4f {
  let k = k4 * 4u;
  let last = g.size_k - 1u;
  let cells = vec4f(
    load(at + min(k, last) * g.a_step),
    load(at + min(k + 1u, last) * g.a_step),
    load(at + min(k + 2u, last) * g.a_step),
    load(at + min(k + 3u, last) * g.a_step),
  );
  return select(vec4f(), cells, vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(g.size_k));
}
