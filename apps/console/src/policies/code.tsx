import { useId, useRef, type RefObject } from 'react';
import { tokenize, type CodeToken } from './cedar-tokens.js';
import type { TextProblem } from './test-file.js';

type Language = 'cedar' | 'yaml';

/** Code that is only read, with numbered lines. */
export function CodeView({ text, language }: { text: string; language: Language }) {
  return <div className="code" tabIndex={0}><Lines text={text} language={language} problems={[]} /></div>;
}

function Lines({ text, language, problems }: { text: string; language: Language; problems: readonly TextProblem[] }) {
  const bad = new Set(problems.map(({ line }) => line));
  return (
    <pre className="code-lines" aria-hidden={problems.length > 0 || undefined}>
      {text.split('\n').map((line, index) => <span key={index} className={bad.has(index + 1) ? 'code-line code-line-bad' : 'code-line'}><Tokens tokens={tokenize(line, language)} />{'\n'}</span>)}
    </pre>
  );
}

export function Tokens({ tokens }: { tokens: readonly CodeToken[] }) {
  return tokens.map((token, index) => (token.kind === 'text' ? token.text : <span key={index} className={`code-${token.kind}`}>{token.text}</span>));
}

interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly language: Language;
  readonly problems: readonly TextProblem[];
  readonly onChange: (text: string) => void;
}

/** An editor with numbered lines, colours, and each problem at its line. Tab leaves it, as it leaves every field. */
export function CodeEditor({ label, text, language, problems, onChange }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  return (
    <div className="editor">
      <div className="code code-editable">
        <div className="code-stack">
          <Lines text={text} language={language} problems={problems} />
          <textarea ref={area} aria-label={label} aria-invalid={problems.length > 0} aria-describedby={`${id}-problems`} value={text} spellCheck={false} autoCapitalize="none" autoComplete="off" wrap="off" onChange={(event) => onChange(event.target.value)} />
        </div>
      </div>
      <ul id={`${id}-problems`} className="code-problems" aria-live="polite">
        {problems.map((problem) => <li key={`${problem.line}:${problem.column} ${problem.message}`}><ProblemLine problem={problem} text={text} area={area} /></li>)}
      </ul>
    </div>
  );
}

function ProblemLine({ problem: { line, column, message, help }, text, area }: { problem: TextProblem; text: string; area: RefObject<HTMLTextAreaElement | null> }) {
  const go = (): void => {
    const at = text.split('\n').slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return <><button type="button" className="code-place" onClick={go} aria-label={`Go to line ${line}, column ${column}`}>{line}:{column}</button><span>{message}{help && <span className="quiet"> — {help}</span>}</span></>;
}
