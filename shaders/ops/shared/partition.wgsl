// A reduction of the elements (members) of each owner. Owners and members each lie along two axes of memory, the second varying faster;
// unless TWO_AXES, members lie along the second axis alone. Besides its owner an element has an index of the other kind (a set if owners
// are parameters, a parameter if they are sets).
// constants: OWNERS_FIRST, TWO_AXES
struct Partition {
  owners: vec2u, owner_stride: vec2u, owner_index: vec2u, owner_other: vec2u,
  members: vec2u, member_stride: vec2u, member_other: vec2u,
  parts: u32, threads: u32,
}

// The members that one invocation reduces: every parts-th of an owner, from the part-th on.
struct Part { owner: u32, part: u32, place: u32, other: u32 }

fn part_at(thread: u32, p: Partition) -> Part {
  let count = p.owners.x * p.owners.y;
  let slow = thread / select(p.parts, count, OWNERS_FIRST);
  let fast = thread - slow * select(p.parts, count, OWNERS_FIRST);
  let owner = select(slow, fast, OWNERS_FIRST);
  let row = owner / p.owners.y;
  let at = vec2u(row, owner - row * p.owners.y);
  return Part(dot(at, p.owner_index), select(fast, slow, OWNERS_FIRST), dot(at, p.owner_stride), dot(at, p.owner_other));
}

// The coordinates of a member, from its number.
fn member_at(number: u32, p: Partition) -> vec2u {
  let row = number / p.members.y;
  return vec2u(row, number - row * p.members.y);
}

// The coordinates of the member one step after another.
fn advance(at: vec2u, step: vec2u, p: Partition) -> vec2u {
  let next = at + step;
  if (!TWO_AXES) {
    return next;
  }
  return select(next, vec2u(next.x + 1u, next.y - p.members.y), next.y >= p.members.y);
}
