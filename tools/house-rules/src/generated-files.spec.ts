import { errorCodes } from '@symphainy/contracts';
import { env } from '@symphainy/kernel';
import { generatedFiles, renderEnvReference, renderErrorsReference } from '@symphainy/scripts';
import { root, theseServices, thisRepository } from './this-repository.js';

const files = generatedFiles(root, theseServices);

describe('generated files', () => {
  it.each(Object.keys(files))('%s - is what `npm run generate` would write', (path) => {
    expect(thisRepository.text(path)).toBe(files[path]?.());
  });

  it('an error code that is added - changes the reference', () => {
    const planted = { ...errorCodes, 'planted.code': { kind: 'platform', retry: 'terminal', status: 500, title: 'a | title', fix: 'a fix' } as const };
    expect(renderErrorsReference(planted)).not.toBe(renderErrorsReference());
    expect(renderErrorsReference(planted)).toContain('| `planted.code` | 500 | platform | terminal | a \\| title | a fix |');
  });

  it('a variable that a service declares - stands in its section, a common one does not', () => {
    const PORT = env.integer({ description: 'the port', group: 'http', default: '1', min: 0, max: 9 });
    const KEY = env.secretKey({ description: 'the key', group: 'keys' });
    const text = renderEnvReference({ PORT }, [{ name: 'service', plane: 'realm', env: { PORT, KEY } }]);
    expect(text.split('## service')[1]).toContain('| keys | `KEY` |');
    expect(text.split('## service')[1]).toContain('| **required** | yes | the key |');
    expect(text.split('## service')[1]).not.toContain('`PORT`');
  });
});
