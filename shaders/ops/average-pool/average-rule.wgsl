// What a mean goes by.
struct Rule { divisor: f32 }
