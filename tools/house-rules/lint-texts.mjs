// Lints texts as if they stood in files of the workspace. Reads from standard input a JSON array of { file, text }, `file` being one that exists
// (type-aware rules know only files of the lint program), and writes to standard output, in the same order, the ids of the rules each text breaks.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

// A single run would take each file's text from the disk instead of the given one.
const eslint = new ESLint({ overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } } });
const findings = [];
for (const item of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(item.text, { filePath: item.file });
  findings.push(result.messages.map((message) => ({ rule: message.ruleId ?? 'unparsed', message: message.message })));
}
process.stdout.write(JSON.stringify(findings));
