// A reduction of the elements (members) of each owner. Owners and members lie along axes of memory, innermost first: each has its size in
// x, the distance between its elements in y, and in z and w what a step adds to the index of the owner and to the index of the other kind
// (a set if owners are parameters, a parameter if they are sets).
// constants: OUTER_MEMBERS, OUTER_OWNERS, OWNERS_FIRST
struct Partition {
  owners: array<vec4u, 8>, members: array<vec4u, 8>,
  count: u32, terms: u32, parts: u32, parameter_stride: u32, threads: u32,
}

@group(0) @binding(0) var<uniform> g: Partition;

// The members that one invocation reduces: those from `first` to before `end`, `distance` apart. Where neighbouring invocations reduce neighbouring
// owners they follow each other; else invocations take turns.
struct Part { owner: u32, part: u32, place: u32, other: u32, first: u32, end: u32, distance: u32 }

fn part_at(thread: u32) -> Part {
  let slow = thread / select(g.parts, g.count, OWNERS_FIRST);
  let fast = thread - slow * select(g.parts, g.count, OWNERS_FIRST);
  var rest = select(slow, fast, OWNERS_FIRST);
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < OUTER_OWNERS; r++) {
    let next = rest / g.owners[r].x;
    at += (rest - next * g.owners[r].x) * g.owners[r].yzw;
    rest = next;
  }
  at += rest * g.owners[OUTER_OWNERS].yzw;
  let part = select(fast, slow, OWNERS_FIRST);
  let each = (g.terms + g.parts - 1u) / g.parts;
  return Part(
    at.y, part, at.x, at.z,
    select(part, part * each, OWNERS_FIRST),
    select(g.terms, min((part + 1u) * each, g.terms), OWNERS_FIRST),
    select(g.parts, 1u, OWNERS_FIRST),
  );
}

// The coordinates of a member, from its number: along the innermost axis in y, and in x its number along the others.
fn member_at(number: u32) -> vec2u {
  let row = number / g.members[0].x;
  return vec2u(row, number - row * g.members[0].x);
}

// The coordinates of the member one step after another.
fn advance(at: vec2u, step: vec2u) -> vec2u {
  let next = at + step;
  if (OUTER_MEMBERS == 0u) {
    return next;
  }
  return select(next, vec2u(next.x + 1u, next.y - g.members[0].x), next.y >= g.members[0].x);
}

// The distance of a member from the first one in memory, and in the index of the other kind.
fn offset_of(at: vec2u) -> vec2u {
  var offset = at.y * g.members[0].yw;
  if (OUTER_MEMBERS == 0u) {
    return offset;
  }
  var rest = at.x;
  // @unroll
  for (var r = 1u; r < OUTER_MEMBERS; r++) {
    let next = rest / g.members[r].x;
    offset += (rest - next * g.members[r].x) * g.members[r].yw;
    rest = next;
  }
  return offset + rest * g.members[OUTER_MEMBERS].yw;
}
