// Lighthouse as it comes: the simulation of a phone, the middle one of three runs.

import lighthouse from "lighthouse";

export interface Audit {
  performance: number;
  accessibility: number;
  bestPractices: number;
  seo: number;
  shift: number;
  firstPaint: number;
  largestPaint: number;
  blocked: number;
  /** What costs points. */
  failed: string[];
}

const RUNS = 3;

export async function audit(url: string, port: number, cookie: string | undefined): Promise<Audit> {
  const runs: Audit[] = [];
  while (runs.length < RUNS) {
    runs.push(await auditOnce(url, port, cookie));
  }
  runs.sort((a, b) => b.blocked - a.blocked).sort((a, b) => a.performance - b.performance);
  const middle = runs[(RUNS - 1) / 2];
  if (!middle) {
    throw new Error("Lighthouse did not run");
  }
  return middle;
}

async function auditOnce(url: string, port: number, cookie: string | undefined): Promise<Audit> {
  const run = await lighthouse(url, {
    port,
    logLevel: "silent",
    output: "json",
    ...(cookie && { extraHeaders: { Cookie: cookie } }),
  });
  if (!run) {
    throw new Error("Lighthouse found nothing");
  }
  const { audits, categories, runtimeError } = run.lhr;
  if (runtimeError) {
    throw new Error(runtimeError.message);
  }
  const score = (name: string) => Math.round((categories[name]?.score ?? 0) * 100);
  const number = (name: string) => audits[name]?.numericValue ?? Number.NaN;
  const weights = Object.values(categories).flatMap(({ auditRefs }) => auditRefs);
  const failed = weights
    .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
    .map(({ id }) => `${id} (${audits[id]?.displayValue ?? audits[id]?.score})`);
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    seo: score("seo"),
    shift: number("cumulative-layout-shift"),
    firstPaint: number("first-contentful-paint"),
    largestPaint: number("largest-contentful-paint"),
    blocked: number("total-blocking-time"),
    failed: [...new Set(failed)],
  };
}
