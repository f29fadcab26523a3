// Reads from standard input a JSON array of project folders and writes to standard output, by folder, which applications the boundary rule lets it import, as eslint
// itself resolves its configuration: a second `allow` anywhere would show.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const allowed = {};
for (const folder of JSON.parse(await text(process.stdin))) {
  const configurations = await Promise.all(['index.ts', 'main.ts', 'x.spec.ts'].map((file) => eslint.calculateConfigForFile(`${folder}/src/${file}`)));
  allowed[folder] = [...new Set(configurations.flatMap(({ rules }) => rules['@nx/enforce-module-boundaries'][1].allow))];
}
process.stdout.write(JSON.stringify(allowed));
