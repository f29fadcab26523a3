import type { Artifact, ContentDocument, ContentEmbeddings, ContentFacts, Json } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { formatBytes } from '../ui/format.js';
import { JsonView } from '../ui/json-view.js';
import { EmptyState } from '../ui/states.js';
import { useBlobUrl } from '../ui/use-blob-url.js';
import { BpmnViewer } from './bpmn-viewer.js';
import { DocumentViewer } from './document-viewer.js';
import { EmbeddingsViewer, FactsViewer } from './facts-viewer.js';
import { MarkdownViewer } from './markdown-viewer.js';
import { ProfileViewer, type ProfileShape } from './profile-viewer.js';
import { ReportViewer } from './report-viewer.js';
import { has } from './shape.js';
import type { Shown } from './shown-content.js';
import { SopViewer } from './sop-viewer.js';
import { XmlViewer } from './xml-viewer.js';

/** The content as its type reads best; with `raw`, or in a shape nobody knows, as the JSON or text it is. */
export function ArtifactViewer({ artifact, shown, raw }: { artifact: Artifact; shown: Shown; raw: boolean }) {
  switch (shown.kind) {
    case 'json': return (!raw && pageOf(artifact, shown.value)) || <div className="panel"><JsonView value={shown.value} openTo={2} /></div>;
    case 'text': return <TextView artifact={artifact} text={shown.text} cut={shown.cut} />;
    case 'image': return <ImageView blob={shown.blob} name={artifact.name} />;
    case 'binary': return <EmptyState icon="file" title="This content has no preview">{artifact.media_type}{artifact.object && `, ${formatBytes(artifact.object.size)}`}. Download it to open it.</EmptyState>;
  }
}

/** The page of an artifact type; undefined where there is none, or the value has not the shape it needs. */
export function pageOf({ artifact_type: artifactType, artifact_id: artifactId }: Pick<Artifact, 'artifact_type' | 'artifact_id'>, value: Json): ReactNode {
  if (artifactType === 'content.document' && has(value, 'blocks', 'tables')) return <DocumentViewer document={value as unknown as ContentDocument} />;
  if (artifactType === 'content.facts' && has(value, 'facts')) return <FactsViewer artifactId={artifactId} content={value as unknown as ContentFacts} />;
  if (artifactType === 'content.embeddings' && has(value, 'chunks')) return <EmbeddingsViewer content={value as unknown as ContentEmbeddings} />;
  if (artifactType === 'insights.profile' && has(value, 'columns', 'totals')) return <ProfileViewer profile={value as unknown as ProfileShape} />;
  if (artifactType === 'journey.sop' && has(value, 'steps')) return <SopViewer sop={value} />;
  if (artifactType === 'solution.report' && (has(value, 'statements') || has(value, 'sections'))) return <ReportViewer report={value} />;
  return undefined;
}

function TextView({ artifact, text, cut }: { artifact: Artifact; text: string; cut: boolean }) {
  const type = artifact.media_type.split(';')[0] ?? '';
  return (
    <>
      {artifact.artifact_type === 'journey.bpmn' ? <BpmnViewer text={text} /> : textView(type, text)}
      {cut && <p className="page-foot">The beginning is shown. Download it to see the rest.</p>}
    </>
  );
}

function textView(type: string, text: string): ReactNode {
  if (type === 'text/markdown') return <MarkdownViewer text={text} />;
  if (type === 'application/xml' || type.endsWith('+xml') || text.startsWith('<?xml')) return <XmlViewer text={text} />;
  return <pre className="text-view" tabIndex={0}>{text}</pre>;
}

function ImageView({ blob, name }: { blob: Blob; name: string }) {
  const url = useBlobUrl(blob);
  return <div className="panel image-view">{url && <img src={url} alt={name} />}</div>;
}
