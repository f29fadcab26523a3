import type { ContentKind } from '@symphainy/contracts';

/** What a file is said to be, and by what. */
export interface Claim {
  readonly kind: ContentKind | 'other';
  /** As it is shown to the sender: `the name report.pdf`. */
  readonly by: string;
  /** The claimed type in words, for kinds that are not read. */
  readonly label: string;
}

const EXTENSIONS: Readonly<Record<string, ContentKind>> = {
  pdf: 'pdf', docx: 'docx', xlsx: 'xlsx', csv: 'csv', tsv: 'csv', json: 'json', html: 'html', htm: 'html', eml: 'email', txt: 'text', text: 'text', md: 'text', log: 'text', xlsm: 'xlsx', pptx: 'pptx', xml: 'xml', zip: 'archive', parquet: 'parquet', ndjson: 'json', jsonl: 'json',
  png: 'image', jpg: 'image', jpeg: 'image', gif: 'image', webp: 'image', bmp: 'image', tif: 'image', tiff: 'image',
};
const MEDIA_TYPES: Readonly<Record<string, ContentKind>> = {
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/csv': 'csv', 'text/tab-separated-values': 'csv', 'application/json': 'json', 'text/html': 'html', 'application/xhtml+xml': 'html', 'message/rfc822': 'email',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx', 'application/zip': 'archive', 'application/x-zip-compressed': 'archive', 'application/vnd.apache.parquet': 'parquet', 'application/xml': 'xml', 'text/xml': 'xml', 'application/x-ndjson': 'json', 'application/jsonl': 'json',
  'image/png': 'image', 'image/jpeg': 'image', 'image/gif': 'image', 'image/webp': 'image', 'image/bmp': 'image', 'image/tiff': 'image',
};
const OTHER_EXTENSIONS = new Set(['doc', 'xls', 'ppt', 'gz', 'exe', 'mp3', 'mp4', 'rtf', 'odt', 'ods']);

/** Claims of name and media type. Types that say nothing (`application/octet-stream`, `text/plain`, unknown endings) claim nothing. */
export function claimsOf(filename: string | undefined, mediaType: string | undefined): Claim[] {
  const claims: Claim[] = [];
  const ending = /\.([A-Za-z0-9]+)$/.exec(filename ?? '')?.[1]?.toLowerCase();
  if (ending !== undefined && Object.hasOwn(EXTENSIONS, ending)) claims.push({ kind: EXTENSIONS[ending]!, by: `the name ${filename}`, label: ending.toUpperCase() });
  else if (ending !== undefined && OTHER_EXTENSIONS.has(ending)) claims.push({ kind: 'other', by: `the name ${filename}`, label: ending.toUpperCase() });
  const type = mediaType?.split(';')[0]!.trim().toLowerCase();
  if (type !== undefined && Object.hasOwn(MEDIA_TYPES, type)) claims.push({ kind: MEDIA_TYPES[type]!, by: `the media type ${type}`, label: type });
  else if (type !== undefined && /^(image|audio|video)\//.test(type)) claims.push({ kind: 'other', by: `the media type ${type}`, label: type });
  return claims;
}

const TEXTUAL: ReadonlySet<string> = new Set(['csv', 'json', 'html', 'xml', 'email', 'text']);

/**
 * Whether content of one kind may carry the claim of another. A text may hold anything textual; a CSV may be a single column, an HTML
 * fragment may have no tags, and both then look like text, or tags that look like XML.
 */
export function agrees(claimed: Claim['kind'], found: ContentKind): boolean {
  if (claimed === found) return true;
  if (claimed === 'text') return TEXTUAL.has(found);
  return (claimed === 'html' && found === 'xml') || ((claimed === 'csv' || claimed === 'html') && (found === 'text' || found === 'csv'));
}
