// A part holds the mean of some numbers, the sum of their squared distances from it, and their count. Two parts are merged by the pairwise
// formula of Chan, Golub and LeVeque (The American Statistician 37, 1983). The second part is not empty.
fn merged(a: vec4f, b: vec4f) -> vec4f {
  let count = a.z + b.z;
  let distance = b.x - a.x;
  let share = b.z / count;
  return vec4f(a.x + distance * share, a.y + b.y + distance * distance * (a.z * share), count, 0.0);
}
