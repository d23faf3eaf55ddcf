// Each invocation computes its own line.
// slots: lanes_kind, lanes_max, lanes_sum, rescaled_sum
// constants: ALONG, WORKGROUP_SIZE
// types: L, Norm, U
fn line_of(workgroup: u32, local: u32) -> u32 {
  return workgroup * WORKGROUP_SIZE + local;
}

fn first_of(local: u32) -> u32 {
  return 0u;
}

fn line_norm(norm: Norm, local: u32) -> Norm {
  if (!ALONG) {
    return norm;
  }
  let largest = L(lanes_max(norm.largest));
  return Norm(largest, line_sum(rescaled_sum(norm, largest), local), U(lanes_kind(norm.kind)));
}

fn line_sum(sum: L, local: u32) -> L {
  return L(lanes_sum(sum));
}
