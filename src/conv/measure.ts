// What `find` and `calibrate` load when they are called: one module, so that a page loads one file.
export { calibrate } from "../planner/calibrate.ts";
export { find, measurementsOf } from "./find.ts";
