// Operands: the names of the buffers that a plan reads and writes.

/**
 * The buffers of a plan: the tensors of the pass, its epilogue and its activation gradient (`gate`: what the derivative is computed from).
 * `workspace` is scratch memory, undefined before and after a run. `prepared` holds prepacked weights (packed or transformed, and cached with
 * their tensor). `padded` is the gradient of the padded input, which passes.ts places in the workspace.
 */
export type Operand = TensorOperand | "workspace" | "prepared" | "padded";
export type TensorOperand = "x" | "w" | "y" | "dx" | "dw" | "dy" | "db" | "bias" | "residual" | "gate";
