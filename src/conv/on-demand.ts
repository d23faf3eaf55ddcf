// What `engine.plan`, `find` and `calibrate` load when they are first called: one module, so that a page loads one file.
export { lower } from "../algorithms/gradients.ts";
export { calibrate } from "../planner/calibrate.ts";
export { ConvPlan } from "./conv-plan.ts";
export { find, measurementsOf } from "./find.ts";
