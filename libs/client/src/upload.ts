import type { Transport } from './transport.js';

/** A file to send: a browser's File, or bytes with a name (Node: `fs.openAsBlob` reads from disk while sending). */
export interface UploadFile {
  readonly name: string;
  readonly content: Blob;
  /** Default: the blob's own type. */
  readonly mediaType?: string;
}

export interface UploadOptions {
  readonly classification?: string;
  readonly signal?: AbortSignal;
  /** Gets the share sent, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface UploadReceipt {
  /** How payloads name the file. */
  readonly reference: string;
  readonly execution_id: string;
  readonly filename: string;
  readonly size: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly media_type: string;
}

const PATH = '/v1/files';

/** Uploads a file. With a progress listener, browsers send by XMLHttpRequest (fetch tells no progress there), Node streams the body itself. */
export async function upload(transport: Transport, sessionId: string, file: UploadFile, options: UploadOptions = {}): Promise<UploadReceipt> {
  const form = formOf(sessionId, file, options);
  if (options.onProgress === undefined) return transport.json({ method: 'POST', path: PATH, body: form, ...(options.signal ? { signal: options.signal } : {}) });
  const Xhr = (globalThis as unknown as { XMLHttpRequest?: new () => Xhr }).XMLHttpRequest;
  return Xhr === undefined ? streamed(transport, form, file, options) : byXhr(transport, new Xhr(), form, options);
}

/** The fields stand before the file: the platform decides on the grant before it takes a byte. */
function formOf(sessionId: string, file: UploadFile, options: UploadOptions): FormData {
  const form = new FormData();
  form.set('session_id', sessionId);
  form.set('size', String(file.content.size));
  if (options.classification !== undefined) form.set('classification', options.classification);
  form.set('file', file.mediaType === undefined ? file.content : new Blob([file.content], { type: file.mediaType }), file.name);
  return form;
}

/** Lets the platform's own encoder write the form, and counts the bytes on their way out. */
async function streamed(transport: Transport, form: FormData, file: UploadFile, options: UploadOptions): Promise<UploadReceipt> {
  const encoded = new Response(form);
  let sent = 0;
  const counted = encoded.body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        sent += chunk.length;
        options.onProgress?.(Math.min(1, sent / Math.max(1, file.content.size)));
        controller.enqueue(chunk);
      },
    }),
  );
  const response = await (transport.options.fetch ?? globalThis.fetch)(transport.url({ path: PATH }), {
    method: 'POST',
    headers: { ...(await transport.headers({})), 'content-type': encoded.headers.get('content-type') ?? '' },
    body: counted,
    duplex: 'half',
    ...(options.signal ? { signal: options.signal } : {}),
  } as RequestInit);
  const text = await response.text();
  if (!response.ok) throw transport.problem(response.status, text);
  return JSON.parse(text) as UploadReceipt;
}

/** As much of XMLHttpRequest as an upload needs; this library is compiled without the browser's types. */
interface Xhr {
  readonly upload: { onprogress: ((event: { lengthComputable: boolean; loaded: number; total: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: FormData): void;
  abort(): void;
}

async function byXhr(transport: Transport, xhr: Xhr, form: FormData, options: UploadOptions): Promise<UploadReceipt> {
  const headers = await transport.headers({});
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    xhr.upload.onprogress = ({ lengthComputable, loaded, total }) => lengthComputable && options.onProgress?.(loaded / total);
    xhr.onload = () => (xhr.status >= 200 && xhr.status < 300 ? resolve(JSON.parse(xhr.responseText) as UploadReceipt) : reject(transport.problem(xhr.status, xhr.responseText)));
    xhr.onerror = () => reject(new TypeError('the upload’s connection broke'));
    xhr.onabort = () => reject(new DOMException('the upload was aborted', 'AbortError'));
    options.signal?.addEventListener('abort', () => xhr.abort());
    xhr.open('POST', transport.url({ path: PATH }));
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.send(form);
  });
}
