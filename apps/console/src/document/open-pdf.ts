/**
 * PDF files by ranges: of a document of a thousand pages only what the shown page needs is fetched and drawn. The library, its worker and its files come from the
 * console's own origin; nothing in it is evaluated, and decoders run as scripts, so that the content policy need not allow WebAssembly. Only pages are drawn: no links, no scripts, no forms of the file.
 */
import type { Client } from '@symphainy/client';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

const RANGE_BYTES = 512 * 1024;

export interface OpenedPdf {
  readonly pdf: PDFDocumentProxy;
  readonly close: () => void;
}

/** `password`: of a file that asks for one; it is kept nowhere. Throws PasswordException where it is missing or wrong, and the platform's problem where bytes are refused. */
export async function openPdf(platform: Pick<Client, 'artifacts'>, artifactId: string, size: number, password?: string): Promise<OpenedPdf> {
  const { getDocument, GlobalWorkerOptions, PDFDataRangeTransport, VerbosityLevel, version } = await import('pdfjs-dist');
  GlobalWorkerOptions.workerSrc = workerUrl;
  const stopped = new AbortController();
  let refused: unknown;
  class Ranges extends PDFDataRangeTransport {
    override requestDataRange(begin: number, end: number): void {
      void read(begin, end).then((bytes) => this.onDataRange(begin, bytes), (thrown: unknown) => {
        if (stopped.signal.aborted) return;
        refused = thrown;
        this.onDataRange(begin, null);
        void task.destroy();
      });
    }
    override abort(): void {
      stopped.abort();
    }
  }
  const read = async (begin: number, end: number): Promise<Uint8Array> => {
    const answer = await platform.artifacts.open(artifactId, { headers: { range: `bytes=${begin}-${end - 1}` }, signal: stopped.signal });
    return new Uint8Array(await answer.arrayBuffer());
  };
  const files = new URL(`assets/pdfjs-${version}/`, document.baseURI).href;
  const task = getDocument({
    range: new Ranges(size, null), rangeChunkSize: RANGE_BYTES, disableStream: true, disableAutoFetch: true, useWasm: false, verbosity: VerbosityLevel.ERRORS,
    cMapUrl: `${files}cmaps/`, standardFontDataUrl: `${files}standard_fonts/`, wasmUrl: `${files}wasm/`, ...(password === undefined ? {} : { password }),
  });
  const close = (): void => {
    stopped.abort();
    void task.destroy();
  };
  try {
    return { pdf: await task.promise, close };
  } catch (thrown) {
    close();
    throw refused ?? thrown;
  }
}

export const asksForPassword = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'PasswordException';
