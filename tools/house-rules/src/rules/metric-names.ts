import { isSpec, isSource } from '../projects.js';
import type { Repository } from '../repository.js';

const METRIC = /\bsymphainy_[a-z0-9_]+\b/g;
/** A family of names, made by a template: `symphainy_dispatch_${name}_total`. */
const FAMILY = /`(symphainy_[^`]*\$\{[^`]*)`/g;
/** What the exposition format makes of a histogram's name. */
const SERIES = /_(bucket|sum|count)$/;

/** Dashboards and alerts ask for figures that some service gives: a renamed metric would leave an empty panel and a silent alert. */
export function checkMetricNames(repo: Repository): string[] {
  const sources = repo.paths.filter((path) => /^(apps|libs)\//.test(path) && isSource(path) && !isSpec(path));
  const given = new Set(sources.flatMap((path) => repo.text(path).match(METRIC) ?? []));
  const families = sources.flatMap((path) => [...repo.text(path).matchAll(FAMILY)].map(([, name]) => new RegExp(`^${(name ?? '').replace(/\$\{[^}]*\}/g, '[a-z0-9_]+')}$`)));
  const known = (name: string): boolean => given.has(name) || families.some((family) => family.test(name));
  const asking = repo.paths.filter((path) => /^deploy\/(grafana|prometheus)\//.test(path));
  return asking.flatMap((path) => [...new Set(repo.text(path).match(METRIC) ?? [])].filter((name) => !known(name) && !known(name.replace(SERIES, ''))).map((name) => `${path}: asks for ${name}, which no service gives`));
}
