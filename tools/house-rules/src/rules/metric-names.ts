import { isSpec, isSource } from '../projects.js';
import type { Repository } from '../repository.js';

const METRIC = /\bsymphainy_[a-z0-9_]+\b/g;
/** What the exposition format makes of a histogram's name. */
const SERIES = /_(bucket|sum|count)$/;

/** Dashboards and alerts ask for figures that some service gives: a renamed metric would leave an empty panel and a silent alert. */
export function checkMetricNames(repo: Repository): string[] {
  const sources = repo.paths.filter((path) => /^(apps|libs)\//.test(path) && isSource(path) && !isSpec(path));
  const given = new Set(sources.flatMap((path) => repo.text(path).match(METRIC) ?? []));
  const asking = repo.paths.filter((path) => /^deploy\/(grafana|prometheus)\//.test(path));
  return asking.flatMap((path) => [...new Set(repo.text(path).match(METRIC) ?? [])].filter((name) => !given.has(name) && !given.has(name.replace(SERIES, ''))).map((name) => `${path}: asks for ${name}, which no service gives`));
}
