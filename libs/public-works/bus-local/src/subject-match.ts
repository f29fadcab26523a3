/** Whether a subject matches a NATS pattern: `*` stands for one token, a final `>` for one or more. */
export function compilePattern(pattern: string): (subject: string) => boolean {
  if (!/[*>]/.test(pattern)) return (subject) => subject === pattern;
  const wanted = pattern.split('.');
  const open = wanted.at(-1) === '>';
  const fixed = open ? wanted.slice(0, -1) : wanted;
  return (subject) => {
    const tokens = subject.split('.');
    if (open ? tokens.length <= fixed.length : tokens.length !== fixed.length) return false;
    return fixed.every((token, i) => token === '*' || token === tokens[i]);
  };
}
