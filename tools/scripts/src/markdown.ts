/** A text that stands in one table cell. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** A table; cells are taken as they are. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

export const generatedHeader = (title: string, source: string): string => `# ${title}\n\n<!-- Generated from ${source} by \`npm run generate\`; a house rule compares them. Do not edit. -->\n`;
