// An invocation has a line.
// slots: lanes_most, lanes_sum, part_of, thread_index
// constants: ALONG
// types: L, Norm
fn line_of(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return thread_index(workgroup, grid, local);
}

fn first_of(local: u32) -> u32 {
  return 0u;
}

fn whole_norm(norm: Norm, local: u32) -> Norm {
  if (!ALONG) {
    return norm;
  }
  let most = L(lanes_most(norm.most));
  return Norm(most, whole_sum(part_of(norm, most), local));
}

fn whole_sum(sum: L, local: u32) -> L {
  return L(lanes_sum(sum));
}
