// The numbers of the four lanes of an item.
fn lane_numbers() -> vec4u {
  return vec4u(0u, 1u, 2u, 3u);
}
