// Each invocation computes its own line.
// slots: exp_of, lanes_max, lanes_most, lanes_sum
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
  let sum = line_sum(norm.sum * exp_of(norm.largest - largest), local);
  return Norm(largest, sum, U(lanes_most(norm.spoilt)));
}

fn line_sum(sum: L, local: u32) -> L {
  return L(lanes_sum(sum));
}
