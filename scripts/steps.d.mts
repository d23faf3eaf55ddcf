// Types of steps.mjs, which is plain JavaScript because it runs before anything is installed.

export interface Totals {
  passed: number;
  failed: number;
}

interface VitestReport {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  numTodoTests?: number;
  testResults?: {
    status: string;
    name?: string;
    message?: string;
    assertionResults?: { status: string; fullName?: string; failureMessages?: string[] }[];
  }[];
}

export function runTool(
  command: string,
  args: readonly string[],
  options?: { live?: boolean },
): Promise<{ ok: boolean; output: string }>;
export function vitestTotals(report: VitestReport | null, ok: boolean): Totals & { skipped: number };
export function vitestFailures(report: VitestReport | null): string[];
export function readReport(file: string): VitestReport | null;
export function auditResult(
  output: string,
): { ok: boolean; output: string } | (Totals & { skipped: number; leftOut: string });
export function summaryLine(results: readonly Totals[]): string;
