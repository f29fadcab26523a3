import type { IconName } from '../ui/icon.js';

const icons: Record<string, IconName> = {
  'content.document': 'document',
  'content.facts': 'quote',
  'content.embeddings': 'dots',
  'insights.profile': 'chart',
  'journey.sop': 'steps',
  'journey.bpmn': 'flow',
  'solution.report': 'document',
  'solution.report_markdown': 'document',
  'runtime.file': 'file',
  'content.file': 'file',
};

export const artifactIcon = (artifactType: string): IconName => icons[artifactType] ?? 'braces';
