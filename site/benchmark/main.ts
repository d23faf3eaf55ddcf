// The entry of the benchmark page.
import { startPage } from "./page.ts";

startPage();
