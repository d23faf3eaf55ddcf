// Vectors of the other invocations of a quad: four neighbours of a workgroup, which a subgroup holds one after the other. All four come here
// or none does, which the grid sees to and no compiler can know.
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
