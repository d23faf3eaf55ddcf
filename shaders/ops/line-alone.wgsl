// An invocation has a line.
fn line_of(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return thread_index(workgroup, grid, local);
}

fn first_of(local: u32) -> u32 {
  return 0u;
}

fn whole_norm(norm: Norm, local: u32) -> Norm {
  return norm;
}

fn whole_sum(sum: L, local: u32) -> L {
  return sum;
}
