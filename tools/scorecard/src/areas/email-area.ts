import { basename, dirname, join } from 'node:path';
import PostalMime, { type Address } from 'postal-mime';
import type { ContentDocument } from '@symphainy/contracts';
import { meanScore, scored, type Area, type CaseResult, type Corpus } from '../area.js';
import { textSimilarity } from '../measure/similarity.js';
import { documentOf } from './read-file.js';

/** What a mail library that follows the standards says of a message (`expected.json` beside the messages). */
interface ExpectedMail {
  readonly subject: string | null;
  readonly from_: string | null;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly date: string | null;
  readonly plain_text: string | null;
  readonly attachments: readonly { readonly name: string | null; readonly type: string; readonly bytes: number }[];
}

type Mail = Omit<ExpectedMail, 'from_'> & { readonly from_: string };

export const emailArea: Area = {
  name: 'email',
  counts: 'mean over subject, sender, recipients, date, attachments (equal or not) and the plain text (characters in order)',
  peer: 'postal-mime',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const list of corpus.files('office', /\/expected\.json$/)) {
      for (const [name, expected] of Object.entries(JSON.parse(corpus.text(list)) as { [file: string]: ExpectedMail })) {
        const file = join(dirname(list), name);
        if (corpus.has(file)) cases.push(await mailCase(corpus, file, expected));
      }
    }
    return cases;
  },
};

async function mailCase(corpus: Corpus, file: string, expected: ExpectedMail): Promise<CaseResult> {
  let wrong: string[] = [];
  const own = await scored(async () => {
    const shares = sharesOf(mailOf(await documentOf(corpus, file)), expected);
    wrong = Object.entries(shares).filter(([, share]) => share < 0.9999).map(([part, share]) => `${part} ${share.toFixed(2)}`);
    return meanScore(Object.values(shares));
  });
  const peer = await scored(async () => meanScore(Object.values(sharesOf(await peerMail(corpus.bytes(file)), expected))));
  return { file: join(dirname(file), basename(file)), ...own, peer: peer.score, ...(wrong.length > 0 && own.note === undefined ? { note: wrong.join(', ') } : {}) };
}

function sharesOf(found: Mail, expected: ExpectedMail): { [part: string]: number } {
  const equal = (left: unknown, right: unknown): number => (JSON.stringify(left) === JSON.stringify(right) ? 1 : 0);
  return {
    subject: equal(squeeze(found.subject), squeeze(expected.subject)),
    from: equal(address(found.from_), address(expected.from_ ?? '')),
    to: equal(found.to.map(address), expected.to.map(address)),
    cc: equal(found.cc.map(address), expected.cc.map(address)),
    bcc: equal(found.bcc.map(address), expected.bcc.map(address)),
    date: equal(instant(found.date), instant(expected.date)),
    attachments: equal(found.attachments.map((one) => [one.name ?? '', one.type]), expected.attachments.map((one) => [one.name ?? '', one.type])),
    ...(expected.plain_text === null || expected.plain_text.trim() === '' ? {} : { text: textSimilarity(found.plain_text ?? '', expected.plain_text) }),
  };
}

const squeeze = (text: string | null): string => (text ?? '').replace(/\s+/g, ' ').trim();
const address = (shown: string): string => (/<([^>]*)>\s*$/.exec(shown)?.[1] ?? shown).trim().toLowerCase();
const instant = (date: string | null): number | null => (date === null || date === '' || Number.isNaN(Date.parse(date)) ? null : Date.parse(date));

/** A mail as the document model shows it: headers are key-value blocks of the part `header`, attachments stand in the metadata. */
function mailOf(document: ContentDocument): Mail {
  const header = (key: string): string => document.blocks.find((block) => block.source.part === 'header' && block.key === key)?.value ?? '';
  const people = (key: string): string[] => header(key).split(/,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)/).filter((one) => one !== '');
  const attachments = (document.metadata['attachments'] ?? []) as { filename: string; media_type: string; size: number }[];
  const plain = document.blocks.filter((block) => block.source.part === 'text/plain' && block.source.entry === undefined).map((block) => (block.marker === undefined ? block.text : `${block.marker} ${block.text}`));
  return {
    subject: header('Subject'), from_: header('From'), to: people('To'), cc: people('Cc'), bcc: people('Bcc'), date: header('Date'),
    plain_text: plain.join('\n'), attachments: attachments.map((one) => ({ name: one.filename, type: one.media_type, bytes: one.size })),
  };
}

async function peerMail(bytes: Uint8Array): Promise<Mail> {
  const mail = await PostalMime.parse(bytes);
  const people = (list: readonly Address[] | undefined): string[] => (list ?? []).map((one) => one.address ?? '');
  return {
    subject: mail.subject ?? '', from_: mail.from?.address ?? '', to: people(mail.to), cc: people(mail.cc), bcc: people(mail.bcc), date: mail.date ?? null,
    plain_text: mail.text ?? '', attachments: mail.attachments.map((one) => ({ name: one.filename, type: one.mimeType, bytes: 0 })),
  };
}
