/** Whether a noun names someone who can act. `Isolation: close the valve` has a title, `Operator: close the valve` an actor. */

const roleWords = new Set(`team staff clerk lead nurse department office desk unit board committee crew agent security reception finance hr it qa legal sales
procurement accounting accounts logistics warehouse applicant patient employee head chief chair chairman chairperson warden marshal pilot guard host coach chef cook
judge witness guest ceo cfo cto ciso pmo dispatch group squad personnel everyone someone nobody contractor student police ambulance brigade service authority agency
bank company client customer resident tenant spouse parent captain sergeant deputy analyst architect principal attorney counsel steward custodian delegate initiator
he she they operations maintenance management support engineering marketing facilities helpdesk housekeeping payroll quality compliance audit auditors`.split(/\s+/));
const things = new Set('number order water paper power cover door floor motor error filter monitor sensor register computer server router printer letter folder transfer trigger other over timer meter indicator conveyor compressor regulator connector adapter container cylinder heater cooler boiler elevator generator transformer reactor breaker laser layer buffer header footer corner center centre chapter matter paper counter charger cleaner color colour factor sector vector detector diameter parameter calendar cursor editor browser folder weather winter summer september october november december remainder reminder after under never ever per for nor further rather together whether character cluster pointer cluster locker hammer spanner screwdriver ladder lever tractor trailer shutter mirror interior exterior anchor armor labor vapor floor wafer tower shower drawer'.split(' '));

export function namesRole(noun: string): boolean {
  const words = noun.trim().split(/\s+/).filter((w) => w !== '');
  const last = (words.at(-1) ?? '').toLowerCase();
  const whole = words.join(' ');
  if (roleWords.has(last) || roleWords.has(last.replace(/s$/, ''))) return true;
  if (/^\p{Lu}{2,6}$/u.test(whole)) return true;
  if (words.length >= 2 && words.every((w) => /^(?:\p{Lu}[\p{L}-]*|of|and|&)$/u.test(w)) && !/(?:tion|sion|ment|ing|ance|ence|age|ure)$/i.test(last)) return true;
  return /(?:er|or|ist|ian|ant|ee|eer|man|woman|men|women)s?$/.test(last) && !last.endsWith('water') && !things.has(last.replace(/s$/, ''));
}
