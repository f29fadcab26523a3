const COLOURS = [36, 33, 35, 32, 34, 31, 96, 93];
const LEVEL_COLOURS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 };

/** Fields that the line already says: its time and level stand in front, its service is the column. */
const SHOWN = new Set(['time', 'level', 'msg', 'service', 'build', 'instance']);

const text = (value: unknown): string => (typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value));

/** One log view of many services: `<time> <service> <level> <message> <field>=<value>…`, each service in its own colour on a terminal. */
export function logView(write: (line: string) => void, colours: boolean): (service: string, line: string) => void {
  const known: string[] = [];
  const paint = (colour: number | undefined, shown: string): string => (colours && colour !== undefined ? `\u001b[${colour}m${shown}\u001b[0m` : shown);
  return (service, line) => {
    if (!known.includes(service)) known.push(service);
    const name = paint(COLOURS[known.indexOf(service) % COLOURS.length], service.padEnd(18));
    const record = parsed(line);
    if (record === undefined) return write(`${' '.repeat(12)} ${name}       ${line}`);
    const level = String(record['level']);
    const fields = Object.entries(record).filter(([key]) => !SHOWN.has(key)).map(([key, value]) => `${key}=${text(value)}`);
    write([String(record['time']).slice(11, 23), name, paint(LEVEL_COLOURS[level], level.padEnd(5)), String(record['msg']), ...fields].join(' '));
  };
}

/** A service's log record; undefined for anything else a process writes. */
function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    return typeof record['msg'] === 'string' && typeof record['time'] === 'string' ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
