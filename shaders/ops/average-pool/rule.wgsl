// The divisor of average pooling that all outputs have in common, if any.
struct Rule { divisor: f32 }
