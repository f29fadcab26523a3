import type { EnvVariable } from '@symphainy/kernel';
import { cell, generatedHeader, table } from './markdown.js';

type Contract = Readonly<Record<string, EnvVariable<unknown>>>;

/** What the env reference needs of a service. */
export interface DescribedService {
  readonly name: string;
  readonly plane: string;
  readonly env: Contract;
}

function row([name, variable]: [string, EnvVariable<unknown>]): string[] {
  const value = variable.required ? '**required**' : variable.defaultText === undefined ? 'unset' : `\`${variable.defaultText}\``;
  return [`\`${name}\``, cell(variable.form), value, variable.sensitive ? 'yes' : '', cell(variable.description)];
}

function variables(contract: Contract): string {
  const groups = [...new Set(Object.values(contract).map((variable) => variable.group))];
  const rows = groups.flatMap((group) => Object.entries(contract).filter(([, variable]) => variable.group === group).map((found) => [group, ...row(found)]));
  return rows.length === 0 ? 'None beyond the common ones.\n' : table(['group', 'variable', 'form', 'default', 'secret', 'meaning'], rows);
}

/** docs/reference/env.md: what every service reads, then what each reads besides. */
export function renderEnvReference(common: Contract, services: readonly DescribedService[]): string {
  const own = (service: DescribedService): Contract => Object.fromEntries(Object.entries(service.env).filter(([name]) => common[name] === undefined));
  const sections = services.map((service) => `## ${service.name}\n\nPlane: ${service.plane}.\n\n${variables(own(service))}`);
  return [
    generatedHeader('Environment', 'each service’s env contract'),
    'Each service reads its variables once, at boot, by its env contract, and stops with status 78 naming every bad variable, never its value.',
    'An empty variable counts as unset. No secret has a default. A secret may also stand in the file that `<VARIABLE>_FILE` names, in the directory SECRETS_DIR, or in Vault.\n',
    `## Every service\n\n${variables(common)}`,
    sections.join('\n'),
  ].join('\n');
}
