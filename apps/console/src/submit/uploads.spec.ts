import { fieldsOf } from './payload-schema.js';
import { dataReferences, isUploading, roleFor, withUploads, type Upload } from './uploads.js';

const reference = { type: 'string', format: 'data-reference' };
const fields = fieldsOf({ properties: { source: reference, copybook: reference, baseline: reference }, required: ['source'] });
const upload = (filename: string, over: Partial<Upload> = {}): Upload => ({ id: filename, filename, size: 1, role: roleFor(filename), sent: 1, receipt: { reference: `id/receive/${filename}`, hash: 'h', media_type: 'x' }, ...over });

describe('uploads - put where they belong', () => {
  it('a copybook goes to its field and data to the required one, in whatever order they came', () => {
    expect(withUploads(fields, {}, [upload('policy.cpy'), upload('policy.ebc')])).toEqual({ source: 'id/receive/policy.ebc', copybook: 'id/receive/policy.cpy' });
  });

  it('what the user chose is not overwritten', () => {
    expect(withUploads(fields, { source: 'mine' }, [upload('policy.ebc')])).toEqual({ source: 'mine' });
  });

  it('a file still on its way, or refused, is not offered', () => {
    const values = {};
    expect(withUploads(fields, values, [upload('a.pdf', { receipt: undefined }), upload('b.pdf', { receipt: undefined, problem: { code: 'upload.empty', message: 'empty' } })])).toBe(values);
  });

  it('each data file counts, copybooks do not', () => {
    expect(dataReferences([upload('a.pdf'), upload('x.cpy'), upload('b.pdf')])).toEqual(['id/receive/a.pdf', 'id/receive/b.pdf']);
  });

  it('only a file that is neither stored nor refused is waited for', () => {
    expect(isUploading([upload('a.pdf'), upload('b.pdf', { receipt: undefined, problem: { code: 'c.d', message: 'm' } })])).toBe(false);
    expect(isUploading([upload('a.pdf', { receipt: undefined })])).toBe(true);
  });
});
