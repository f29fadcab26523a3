import { stageTimes, type Noted, type Passage } from './stage-times.js';

const ORDER: Passage[] = ['requested', 'asked', 'submitted', 'flushing', 'flushed', 'dispatched', 'begun', 'answered', 'heard', 'flushing', 'flushed', 'told', 'ended', 'replied'];

/** One execution from `beganAt` on, whose every stage takes `each`. */
const notesOf = (beganAt: number, each: number): Noted[] => ORDER.map((passage, index) => [passage, beganAt + each * (index + 1)]);
const executionOf = (beganAt: number, each: number): { beganAt: number; endedAt: number } => ({ beganAt, endedAt: beganAt + each * (ORDER.length + 1) });

describe('stage times', () => {
  it('notes of several services, in any order - make the stages of each execution', () => {
    const noted = [...notesOf(1000, 10), ...notesOf(5000, 20), ...notesOf(9000, 20)].toReversed();
    const { stages, counted } = stageTimes([executionOf(1000, 10), executionOf(5000, 20), executionOf(9000, 20)], noted);
    expect(counted).toBe(3);
    expect(stages.map(({ p50_us }) => p50_us)).toEqual([...Array.from({ length: 15 }, () => 20), 300]);
    expect(new Set(stages.map(({ stage }) => stage)).size).toBe(16);
  });

  it('a passage that nobody noted - leaves its execution out, and no other', () => {
    const noted = [...notesOf(1000, 10).filter(([passage]) => passage !== 'begun'), ...notesOf(5000, 30)];
    const { stages, counted } = stageTimes([executionOf(1000, 10), executionOf(5000, 30)], noted);
    expect([counted, stages[0]?.p50_us]).toEqual([1, 30]);
  });

  it('what passes besides - is in the stage that it fell into', () => {
    const noted: Noted[] = [...notesOf(1000, 10), ['flushing', 1055], ['flushed', 1057]];
    expect(stageTimes([executionOf(1000, 10)], noted).stages[5]?.p50_us).toBe(10);
  });
});
