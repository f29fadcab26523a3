import { amount, canonicalModel, date, identifier, text } from './model.js';

/** One permit as an authority issues it. */
export const permit = canonicalModel({ name: 'permit', version: '1.0.0', description: 'a permit' }, {
  permit_number: { schema: identifier, required: true, definition: 'What the authority knows the permit by.', synonyms: ['permit no', 'permit id', 'permit #', 'application number', 'case number', 'record id'] },
  permit_type: { schema: text, definition: 'What kind of work or use is permitted.', synonyms: ['type', 'permit type description', 'category', 'trade', 'work type', 'permit subtype'] },
  status: { schema: text, definition: 'How far the permit is.', synonyms: ['permit status', 'current status', 'state of application'] },
  applied_date: { schema: date, definition: 'When it was applied for.', synonyms: ['date entered', 'application date', 'submitted', 'date filed', 'filed date', 'date applied'] },
  issued_date: { schema: date, definition: 'When it was issued.', synonyms: ['date issued', 'issue date', 'issued on', 'permit date'] },
  expiry_date: { schema: date, definition: 'When it ends.', synonyms: ['expiration date', 'expires', 'valid until', 'date of expiry'] },
  description: { schema: text, definition: 'The work in words.', synonyms: ['purpose', 'work description', 'scope of work', 'project description', 'comments'] },
  address: { schema: text, definition: 'Where the work is done.', synonyms: ['site address', 'location', 'street address', 'property address', 'site location'] },
  city: { schema: text, definition: 'City or town of the site.', synonyms: ['town', 'municipality'] },
  postal_code: { schema: text, definition: 'Postal code of the site.', synonyms: ['zip', 'zip code', 'postcode'] },
  parcel: { schema: text, definition: 'The land register’s name of the lot.', synonyms: ['parcel number', 'apn', 'parcel id', 'lot', 'tax parcel'] },
  applicant_name: { schema: text, definition: 'Who applied.', synonyms: ['applicant', 'permittee', 'owner', 'owner name'] },
  contractor_name: { schema: text, definition: 'Who does the work.', synonyms: ['contractor', 'contact', 'builder', 'licensee', 'company'] },
  estimated_cost: { schema: amount, definition: 'What the work is said to cost.', synonyms: ['construction cost', 'valuation', 'const cost', 'job value', 'value', 'project value', 'estimated value'] },
  fee: { schema: amount, definition: 'What the permit costs.', synonyms: ['permit fee', 'fees', 'fee paid', 'total fee'] },
  council_district: { schema: text, definition: 'The district of the site.', synonyms: ['district', 'council dist', 'ward'] },
});
