// The gradient of the cross entropy with respect to the logits: softmax(v)_c times the sum of the weights of all classes, minus the weight
// of c, times the gradient of the line's loss. Without LOGITS x holds the logarithms of probabilities, and there is no softmax. If not DENSE
// only the target class has a weight.
// slots: chosen_class, class_of, divisor, exp_of, first_of, line_norm, line_of, line_sum, loss_gradient, norm_along, normalised, picked_weight, probability_of, start_of, unless_ignored, unless_infinite, weight_of
// constants: DENSE, LOGITS, THREADS
// types: Entropy, L, U, V
@group(0) @binding(0) var<uniform> g: Entropy;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(4) var<storage, read_write> dx: array<V>;

fn weight_in_loss(c: u32, at: u32, class_at: L) -> L {
  return weight_of(c) * (g.keep * probability_of(c, at, class_at) + g.spread);
}

fn workgroup_thread(workgroup: u32, local: u32) {
  let lines = g.lines;
  let line = line_of(workgroup, local);
  let some_line = min(line, lines.count - 1u);
  let start = start_of(some_line, lines);
  let first = first_of(local);
  let class_at = class_of(some_line);
  var norm = normalised();
  var scale = L(0.0);
  var own_weight = L(0.0);
  if (!DENSE) {
    own_weight = picked_weight(class_at);
  }
  if (LOGITS) {
    norm = line_norm(norm_along(start, first, lines), local);
    var class_weights = own_weight;
    if (DENSE) {
      for (var c = first; c < lines.size; c += THREADS) {
        class_weights += weight_in_loss(c, start + c * lines.inner, class_at);
      }
      class_weights = line_sum(class_weights, local);
    }
    scale = class_weights / norm.sum;
  }
  let gradient = loss_gradient(some_line) / divisor();
  let chosen = chosen_class(class_at);
  // What all elements of the line are instead, if that is not 1.
  let instead = unless_ignored(unless_infinite(L(1.0), norm, lines), class_at);
  let computed = bitcast<U>(instead) == bitcast<U>(L(1.0));
  let end = select(0u, lines.size, line < lines.count);
  for (var c = first; c < end; c += THREADS) {
    let at = start + c * lines.inner;
    var value = L(0.0);
    if (LOGITS) {
      value = exp_of(L(x[at]) - norm.largest) * scale;
    }
    if (DENSE) {
      value -= weight_in_loss(c, at, class_at);
    } else {
      value -= select(L(0.0), own_weight, chosen == U(c));
    }
    dx[at] = V(select(instead, gradient * value, computed));
  }
}
