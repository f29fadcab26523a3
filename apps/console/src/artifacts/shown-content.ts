/** What of an artifact's content can be shown: JSON, text, a picture, or nothing but its size. */
import type { Client } from '@symphainy/client';
import type { Artifact, Json } from '@symphainy/contracts';

export type Shown =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly kind: 'image'; readonly blob: Blob }
  | { readonly kind: 'binary' };

/** Larger objects are for downloading. */
const MAX_JSON_BYTES = 40_000_000;
const MAX_TEXT_BYTES = 1_000_000;
const MAX_IMAGE_BYTES = 20_000_000;

export async function loadShown(platform: Pick<Client, 'artifacts'>, artifact: Artifact): Promise<Shown> {
  if (artifact.content !== undefined) return typeof artifact.content === 'string' ? { kind: 'text', text: artifact.content, cut: false } : { kind: 'json', value: artifact.content };
  const size = artifact.object?.size ?? 0;
  const kind = kindOf(artifact.media_type);
  const limit = { json: MAX_JSON_BYTES, text: 10 * MAX_TEXT_BYTES, image: MAX_IMAGE_BYTES, binary: -1 }[kind];
  if (size > limit) return { kind: 'binary' };
  const blob = await platform.artifacts.content(artifact.artifact_id);
  if (kind === 'image') return { kind, blob: new Blob([blob], { type: artifact.media_type }) };
  const text = await blob.slice(0, kind === 'text' ? MAX_TEXT_BYTES : undefined).text();
  return kind === 'json' ? jsonOrText(text) : { kind: 'text', text, cut: blob.size > MAX_TEXT_BYTES };
}

function kindOf(mediaType: string): Shown['kind'] {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml')) return 'text';
  // SVG can carry scripts; it is shown as the text it is.
  return type.startsWith('image/') ? 'image' : 'binary';
}

/** A file may call itself JSON and not be. */
function jsonOrText(text: string): Shown {
  try {
    return { kind: 'json', value: JSON.parse(text) as Json };
  } catch (malformed) {
    if (!(malformed instanceof SyntaxError)) throw malformed;
    return { kind: 'text', text: text.slice(0, MAX_TEXT_BYTES), cut: text.length > MAX_TEXT_BYTES };
  }
}
