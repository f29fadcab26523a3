// Reads from standard input a JSON array of Kubernetes objects and writes to standard output, in the same order, what each breaks of its kind's schema: a list of
// messages, empty for a sound one.
import { text } from 'node:stream/consumers';

async function problemsOf(object) {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const folder = group === '' ? version : `${group}/${version}`;
  const model = await import(`kubernetes-models/${folder}/${object.kind}`).then(
    (module) => module[object.kind],
    () => undefined,
  );
  if (model === undefined) return [`no schema for ${object.apiVersion} ${object.kind}`];
  try {
    new model(object).validate();
    return [];
  } catch (error) {
    return [error.message];
  }
}

const objects = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await Promise.all(objects.map(problemsOf))));
