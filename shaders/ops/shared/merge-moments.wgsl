// A part holds the mean of some numbers, the sum of their squared distances from it in y, and their count in z. Squares of distances beyond
// FAR are summed in w, of distances times UNIT: they do not overflow where the variance does not. Two parts are merged by the pairwise
// formula of Chan, Golub and LeVeque (The American Statistician 37, 1983). The second part is not empty.
// 2^40 and 2^-60.
const FAR = 1099511627776.0;
const UNIT = 8.673617379884035e-19;

fn merged(a: vec4f, b: vec4f) -> vec4f {
  let count = a.z + b.z;
  let distance = b.x - a.x;
  let share = b.z / count;
  let far = abs(distance) > FAR;
  let scaled = distance * select(1.0, UNIT, far);
  let square = scaled * scaled * (a.z * share);
  return vec4f(
    a.x + distance * share,
    a.y + b.y + select(square, 0.0, far),
    count,
    a.w + b.w + select(0.0, square, far),
  );
}
