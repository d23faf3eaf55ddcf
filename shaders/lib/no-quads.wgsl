// Takes the place of quads.wgsl in kernels whose invocations do not share loads: these functions are never called.
fn broadcast_first(own: vec4f) -> vec4f {
  return own;
}

fn broadcast_second(own: vec4f) -> vec4f {
  return own;
}

fn broadcast_third(own: vec4f) -> vec4f {
  return own;
}

fn broadcast_fourth(own: vec4f) -> vec4f {
  return own;
}
