import { useEffect, useState } from 'react';
import { Icon } from './icon.js';

/** A value that people paste elsewhere: shown short, copied whole. */
export function CopyText({ value, shown, label, className = 'copy' }: { value: string; shown?: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = window.setTimeout(() => setCopied(false), 1500);
    return () => window.clearTimeout(timer);
  }, [copied]);
  // Browsers offer the clipboard on secure origins only; elsewhere the value is shown to be selected by hand.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return <code className="copy-plain" title={value}>{shown ?? value}</code>;
  const copy = (): void => void clipboard.writeText(value).then(() => setCopied(true), () => setCopied(false));
  return (
    <button type="button" className={className} onClick={copy} title={value} aria-label={`Copy ${label} ${value}`}>
      <code>{shown ?? value}</code>
      <Icon name={copied ? 'check' : 'copy'} size={13} />
      <span className="visually-hidden" role="status">{copied ? 'Copied' : ''}</span>
    </button>
  );
}
