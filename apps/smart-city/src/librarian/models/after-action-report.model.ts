import { canonicalModel, count, date, identifier, text } from './model.js';

/** One report of what happened, why, and what is to be done: an exercise, a test, an accident, an outage. */
export const afterActionReport = canonicalModel({ name: 'after-action-report', version: '1.0.0', description: 'an after-action report' }, {
  report_id: { schema: identifier, required: true, definition: 'What the report is known by.', synonyms: ['report number', 'incident id', 'ntsb number', 'case id', 'lesson number', 'accident number'] },
  title: { schema: text, definition: 'What it is about, in a line.', synonyms: ['subject', 'name', 'event name', 'incident title'] },
  event_date: { schema: date, definition: 'When it happened.', synonyms: ['incident date', 'accident date', 'date of event', 'lesson date', 'date'] },
  location: { schema: text, definition: 'Where it happened.', synonyms: ['place', 'city', 'site', 'centre', 'center', 'environment'] },
  category: { schema: text, definition: 'What kind of event it was.', synonyms: ['event type', 'type', 'classification', 'topic', 'categories'] },
  severity: { schema: text, definition: 'How bad it was.', synonyms: ['impact', 'injury level', 'damage', 'aircraft damage', 'priority'] },
  summary: { schema: text, definition: 'What happened.', synonyms: ['abstract', 'description', 'narrative', 'what happened', 'event summary'] },
  cause: { schema: text, definition: 'Why it happened.', synonyms: ['probable cause', 'root cause', 'contributing factors', 'why', 'causes'] },
  minutes_to_detect: { schema: count, definition: 'Minutes from the start until it was noticed.', synonyms: ['time to detection', 'ttd', 'mttd', 'detection time'] },
  minutes_to_recover: { schema: count, definition: 'Minutes from the start until it was over.', synonyms: ['time to recovery', 'ttr', 'mttr', 'recovery time', 'duration'] },
  lessons: { schema: { type: ['array', 'string', 'null'] }, definition: 'What was learned.', synonyms: ['lesson learned', 'lessons learned', 'lesson', 'what went well', 'findings'] },
  actions: { schema: { type: ['array', 'string', 'null'] }, definition: 'What is to be done.', synonyms: ['action items', 'recommendations', 'corrective actions', 'follow up', 'next steps', 'improvement plan'] },
});
