import { amount, canonicalModel, date, identifier, text } from './model.js';

/** One insurance policy as a book of business holds it. */
export const insurancePolicy = canonicalModel({ name: 'insurance-policy', version: '1.0.0', description: 'an insurance policy' }, {
  policy_number: { schema: identifier, required: true, definition: 'What the insurer knows the policy by.', synonyms: ['policy no', 'pol no', 'pol num', 'policy id', 'contract number', 'policy nbr', 'pol nbr'] },
  product_code: { schema: text, definition: 'The product that was sold.', synonyms: ['product', 'plan code', 'plan', 'prod cd', 'line of business', 'lob', 'policy type'] },
  status: { schema: text, definition: 'Whether the policy is in force.', synonyms: ['policy status', 'pol status', 'status code', 'stat cd', 'pol stat'] },
  issue_date: { schema: date, definition: 'When the policy was issued.', synonyms: ['date issued', 'issued', 'inception date', 'issue dt', 'iss dt'] },
  effective_date: { schema: date, definition: 'From when on it covers.', synonyms: ['eff date', 'start date', 'effective from', 'eff dt', 'coverage start'] },
  expiry_date: { schema: date, definition: 'Until when it covers.', synonyms: ['expiration date', 'exp date', 'end date', 'maturity date', 'exp dt', 'coverage end'] },
  holder_name: { schema: text, definition: 'Who owns the policy.', synonyms: ['policyholder', 'policy holder', 'insured name', 'owner name', 'customer name', 'named insured'] },
  insured_birth_date: { schema: date, definition: 'When the insured person was born.', synonyms: ['date of birth', 'dob', 'birth date', 'insured dob', 'birth dt'] },
  premium_amount: { schema: amount, definition: 'What is paid per period.', synonyms: ['premium', 'prem amt', 'modal premium', 'gross premium', 'annual premium'] },
  premium_frequency: { schema: text, definition: 'How often the premium is paid.', synonyms: ['payment mode', 'billing mode', 'frequency', 'pay mode', 'mode of payment'] },
  sum_insured: { schema: amount, definition: 'What is paid at most when the insured event happens.', synonyms: ['face amount', 'coverage amount', 'insured amount', 'limit', 'face amt', 'death benefit'] },
  cash_value: { schema: amount, definition: 'What the policy is worth when it is given back.', synonyms: ['surrender value', 'csv amount', 'cash val', 'account value'] },
  currency: { schema: text, definition: 'ISO 4217 code of all amounts.', synonyms: ['ccy', 'currency code', 'curr cd'] },
  agent_id: { schema: text, definition: 'Who sold or serves the policy.', synonyms: ['agent', 'producer', 'producer code', 'agent code', 'broker', 'agt no'] },
  beneficiary_name: { schema: text, definition: 'Who receives the benefit.', synonyms: ['beneficiary', 'primary beneficiary', 'bene name'] },
  address_line: { schema: text, definition: 'Street and number of the holder.', synonyms: ['address', 'street', 'street address', 'addr', 'address line 1'] },
  city: { schema: text, definition: 'City of the holder.', synonyms: ['town', 'municipality'] },
  state: { schema: text, definition: 'State or province of the holder.', synonyms: ['province', 'st cd', 'state code'] },
  postal_code: { schema: text, definition: 'Postal code of the holder.', synonyms: ['zip', 'zip code', 'postcode', 'zip cd'] },
});
