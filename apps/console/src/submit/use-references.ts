import { useCallback, useMemo } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad } from '../platform/use-load.js';
import { artifactTitle } from '../artifacts/artifact-summary.js';
import { shortId } from '../ui/format.js';
import type { ReferenceOption } from './payload-form.js';
import type { Upload } from './uploads.js';

const OFFERED = new Set(['runtime.file', 'content.file', 'content.document', 'content.facts', 'insights.profile', 'journey.sop', 'solution.report']);

/** What a reference field offers: files of this submission first, then the tenant's latest artifacts that realms read. */
export function useReferences(uploads: readonly Upload[], source: string | undefined): readonly ReferenceOption[] {
  const platform = usePlatform();
  const load = useCallback(async () => (await platform.artifacts.list()).artifacts, [platform]);
  const { value } = useLoad(load);
  return useMemo(() => {
    const fresh = uploads.flatMap((upload) => (upload.receipt === undefined ? [] : [{ reference: upload.receipt.reference, name: upload.filename }]));
    const stored = (value ?? [])
      .filter((artifact) => OFFERED.has(artifact.artifact_type) || artifact.artifact_id === source)
      .map((artifact) => ({ reference: artifact.artifact_id, name: `${artifactTitle(artifact)} · ${artifact.artifact_type} ${shortId(artifact.execution_id)}` }));
    const known = new Set(fresh.map((option) => option.reference));
    return [...fresh, ...stored.filter((option) => !known.has(option.reference))];
  }, [uploads, value, source]);
}
