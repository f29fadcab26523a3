import type { ContentBlock } from '@symphainy/contracts';
import { tellLanguages } from './language.js';

const block = (text: string, type: ContentBlock['type'] = 'paragraph'): ContentBlock => ({ id: 'b', type, text, source: {} });
const told = async (...blocks: ContentBlock[]): Promise<unknown[]> => [await tellLanguages(blocks), ...blocks.map((one) => one.language)];

const ENGLISH = 'The policy holder reported the damage to the roof on the third of March, after the storm had passed.';
const GERMAN = 'Der Versicherungsnehmer hat den Schaden am Dach nach dem Sturm gemeldet und um Erstattung gebeten.';
const FRENCH = 'L’assuré a déclaré les dégâts du toit après la tempête et demande le remboursement des réparations.';

describe('languages - told where the text clearly says one', () => {
  it('each block its own, the document the one of most of its text', async () => {
    expect(await told(block(ENGLISH), block(`${ENGLISH} ${ENGLISH}`), block(GERMAN), block(FRENCH))).toEqual(['en', 'en', 'en', 'de', 'fr']);
  });

  it('codes, numbers, short labels and tables - none', async () => {
    expect(await told(block('AB-42 / 0017'), block('Premium'), block(GERMAN, 'table'), block('4711 0815 12.50 EUR 31.12.2026 0042 0043 0044 0045'))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('short lines that only together are text', async () => {
    expect(await told(block('Report of the damage'), block('to the roof of the house'), block('by the policy holder'))).toEqual(['en', undefined, undefined, undefined]);
  });
});
