import { useCallback, useEffect, useRef, useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { isAbort, problemOf } from '../platform/problem.js';
import { roleFor, type FileRole, type Upload } from './uploads.js';

export interface Uploads {
  readonly uploads: readonly Upload[];
  readonly add: (files: readonly File[]) => void;
  readonly remove: (id: string) => void;
  readonly setRole: (id: string, role: FileRole) => void;
}

/** Files are sent one after another as soon as they are chosen; removing one stops its upload. */
export function useUploads(): Uploads {
  const { platform, session } = useAccount();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  // A counter, as crypto.randomUUID is missing on pages without TLS.
  const serial = useRef(0);
  const stops = useRef(new Map<string, AbortController>());
  const queue = useRef<Promise<void>>(Promise.resolve());
  const change = useCallback((id: string, edit: Partial<Upload>) => setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...edit } : upload))), []);
  useEffect(() => () => stops.current.forEach((stop) => stop.abort()), []);

  const send = useCallback(async (id: string, file: File, signal: AbortSignal) => {
    if (signal.aborted) return;
    try {
      const receipt = await platform.files.upload(session.session_id, { name: file.name, content: file }, { onProgress: (sent) => change(id, { sent }), signal });
      change(id, { receipt, sent: 1 });
    } catch (thrown) {
      if (!isAbort(thrown)) change(id, { problem: problemOf(thrown) });
    }
  }, [platform, session.session_id, change]);

  const add = useCallback((files: readonly File[]) => {
    const entries = files.map((file) => ({ file, upload: { id: `upload-${++serial.current}`, filename: file.name, size: file.size, role: roleFor(file.name), sent: 0 } satisfies Upload }));
    setUploads((all) => [...all, ...entries.map((entry) => entry.upload)]);
    for (const { file, upload } of entries) {
      const stop = new AbortController();
      stops.current.set(upload.id, stop);
      queue.current = queue.current.then(() => send(upload.id, file, stop.signal));
    }
  }, [send]);

  const remove = useCallback((id: string) => {
    stops.current.get(id)?.abort();
    setUploads((all) => all.filter((upload) => upload.id !== id));
  }, []);
  const setRole = useCallback((id: string, role: FileRole) => change(id, { role }), [change]);
  return { uploads, add, remove, setRole };
}
