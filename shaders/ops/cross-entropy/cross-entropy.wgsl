// The loss of each line, the sum over classes c of (weight of c) (log(sum of exponentials) - (v_c - largest)), and the weight of the line
// in a mean: the weight of its class, or 1. If every class has a weight (DENSE) a second loop adds the terms with the largest logit
// subtracted, so that nothing cancels. Without LOGITS x holds the logarithms of probabilities. The weights of the lines are stored behind
// the losses if AVERAGED.
// slots: class_of, first_of, line_norm, line_of, line_sum, norm_along, normalised, picked_logit, picked_weight, probability_of, start_of, unless_ignored, unless_infinite, weight_of
// constants: AVERAGED, DENSE, INDEXED, LOGITS, THREADS
// types: Entropy, L, V
@group(0) @binding(0) var<uniform> g: Entropy;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(4) var<storage, read_write> losses: array<L>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let lines = g.lines;
  let line = line_of(workgroup, local);
  let inside = line < lines.count;
  let start = start_of(min(line, lines.count - 1u), lines);
  let first = first_of(local);
  let class_at = class_of(min(line, lines.count - 1u));
  var norm = normalised();
  if (LOGITS) {
    norm = line_norm(norm_along(start, first, lines), local);
  }
  let logarithm = log(norm.sum);
  var weight = L(1.0);
  if (INDEXED) {
    weight = picked_weight(class_at);
  }
  var loss = L(0.0);
  if (DENSE) {
    for (var c = first; c < lines.size; c += THREADS) {
      let at = start + c * lines.inner;
      let class_weight = weight_of(c) * (g.keep * probability_of(c, at, class_at) + g.spread);
      // A class of weight 0 adds nothing, even if its logit is -Infinity.
      loss += select(class_weight * (logarithm - (L(x[at]) - norm.largest)), L(0.0), class_weight == L(0.0));
    }
    loss = line_sum(loss, local);
  } else {
    loss = weight * (logarithm - (picked_logit(start, class_at) - norm.largest));
  }
  loss = unless_infinite(loss, norm, lines);
  if (inside && first == 0u) {
    losses[line] = unless_ignored(loss, class_at);
    if (AVERAGED) {
      losses[lines.count + line] = unless_ignored(weight, class_at);
    }
  }
}
