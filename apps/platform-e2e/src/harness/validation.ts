import type { Api } from './api.js';

interface SessionPage {
  sessions: { session_id: string }[];
  next_cursor?: string;
}

interface SessionReport {
  valid: boolean;
  reports: { stream_id: string; valid: boolean; checks: { check: string; problems: string[] }[] }[];
}

async function sessionsOf(api: Api): Promise<string[]> {
  const all: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await api.get<SessionPage>(`/v1/sessions?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    all.push(...body.sessions.map((s) => s.session_id));
    if (body.next_cursor === undefined) return all;
    cursor = body.next_cursor;
  }
}

/**
 * Validates every session that these people have: chain, grammar, policy, attribution and artifacts of each stream. Whatever a test file
 * was about, what it executed must stand. Returns how many streams were checked; throws naming those that do not hold.
 */
export async function validateEverything(people: readonly Api[]): Promise<number> {
  const broken: string[] = [];
  let streams = 0;
  for (const api of people) {
    for (const sessionId of await sessionsOf(api)) {
      const { status, body } = await api.get<SessionReport>(`/v1/sessions/${sessionId}/validation`);
      if (status !== 200) broken.push(`${sessionId}: ${status} ${JSON.stringify(body)}`);
      else for (const report of body.reports) if (!report.valid) broken.push(`${report.stream_id}: ${report.checks.flatMap((c) => c.problems).join('; ')}`);
      streams += status === 200 ? body.reports.length : 0;
    }
  }
  if (broken.length > 0) throw new Error(`executions do not validate:\n${broken.join('\n')}`);
  return streams;
}
