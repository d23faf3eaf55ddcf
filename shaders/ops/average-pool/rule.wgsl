// The divisor common to all outputs of average pooling, if there is one.
struct Rule { divisor: f32 }
