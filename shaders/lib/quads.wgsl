// Exchanges vectors within a quad: four neighbouring invocations of a workgroup, which are also neighbours in a subgroup. Either all four call
// these functions or none does: the grid ensures it, but no compiler can prove it, so the diagnostic is off.
enable subgroups;
diagnostic(off, subgroup_uniformity);

fn broadcast_first(own: vec4f) -> vec4f {
  return quadBroadcast(own, 0u);
}

fn broadcast_second(own: vec4f) -> vec4f {
  return quadBroadcast(own, 1u);
}

fn broadcast_third(own: vec4f) -> vec4f {
  return quadBroadcast(own, 2u);
}

fn broadcast_fourth(own: vec4f) -> vec4f {
  return quadBroadcast(own, 3u);
}

fn collect(own: f32) -> vec4f {
  return vec4f(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
}
