// Exchanges vectors within a quad: four neighbouring invocations of a workgroup, which are also neighbours in a subgroup. Either all four call
// these functions or none does: the grid ensures it, but no compiler can prove it, so the diagnostic is off.
enable subgroups;
diagnostic(off, subgroup_uniformity);

fn of_first(own: vec4f) -> vec4f {
  return quadBroadcast(own, 0u);
}

fn of_second(own: vec4f) -> vec4f {
  return quadBroadcast(own, 1u);
}

fn of_third(own: vec4f) -> vec4f {
  return quadBroadcast(own, 2u);
}

fn of_fourth(own: vec4f) -> vec4f {
  return quadBroadcast(own, 3u);
}

fn of_all(own: f32) -> vec4f {
  return vec4f(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
}
