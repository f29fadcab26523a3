import type { ReactNode } from 'react';

const strokes = {
  list: <path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  target: <path d="M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z" />,
  upload: <path d="M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />,
  download: <path d="M8 2.3v8M4.8 7.3 8 10.5l3.2-3.2M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />,
  file: <path d="M9 1.8H4.3a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7.4a1 1 0 0 0 1-1V5.5L9 1.8Zm0 0v3.7h3.7" />,
  chevron: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  down: <path d="m3.5 6 4.5 4.5L12.5 6" />,
  back: <path d="M10 3.5 5.5 8l4.5 4.5" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  copy: <path d="M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z" />,
  check: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  shield: <path d="M8 1.8 3 3.6v4c0 3.2 2.1 5.4 5 6.6 2.9-1.2 5-3.4 5-6.6v-4L8 1.8Zm-2.2 6.1 1.6 1.6 2.9-3.1" />,
  shieldAlert: <path d="M8 1.8 3 3.6v4c0 3.2 2.1 5.4 5 6.6 2.9-1.2 5-3.4 5-6.6v-4L8 1.8ZM8 5v3.2M8 10.5h.01" />,
  link: <path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.7.7M9.3 6.7a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.7-.7" />,
  exit: <path d="M6 13.5H3.5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1H6M10.5 11l3-3-3-3M13.5 8H6" />,
  key: <path d="M9.5 9a3.5 3.5 0 1 0-2.9-1.6L2.5 11.5v2h2v-1.5H6V10.5l1.4-1A3.5 3.5 0 0 0 9.5 9ZM10.5 5.5h.01" />,
  play: <path d="M5 3.3v9.4L12.5 8 5 3.3Z" />,
  refresh: <path d="M13.5 8A5.5 5.5 0 1 1 11.7 3.9L13.5 5.5M13.5 2.5v3h-3" />,
  document: <path d="M9 1.8H4.3a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7.4a1 1 0 0 0 1-1V5.5L9 1.8Zm0 0v3.7h3.7M5.7 8.3h4.6M5.7 11h3" />,
  table: <path d="M2.5 3.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9ZM2.5 6.2h11M2.5 9.9h11M6.5 6.2v7.3" />,
  chart: <path d="M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6" />,
  steps: <path d="M3 3.5h.01M3 8h.01M3 12.5h.01M6 3.5h7M6 8h7M6 12.5h7" />,
  flow: <path d="M2 6h3.5v4H2V6Zm8.5 0H14v4h-3.5V6ZM5.5 8h5" />,
  quote: <path d="M3 4.5h4v4c0 1.7-1 2.8-2.7 3M9.5 4.5h4v4c0 1.7-1 2.8-2.7 3" />,
  dots: <path d="M3 8h.01M8 8h.01M13 8h.01M3 3.5h.01M8 3.5h.01M13 3.5h.01M3 12.5h.01M8 12.5h.01M13 12.5h.01" />,
  braces: <path d="M6 2.5c-1.5 0-2 .7-2 2v1.7c0 1-.5 1.8-1.5 1.8 1 0 1.5.8 1.5 1.8v1.7c0 1.3.5 2 2 2M10 2.5c1.5 0 2 .7 2 2v1.7c0 1 .5 1.8 1.5 1.8-1 0-1.5.8-1.5 1.8v1.7c0 1.3-.5 2-2 2" />,
  building: <path d="M3 13.5v-10a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v10M9 6.5h3a1 1 0 0 1 1 1v6M1.8 13.5h12.4M5.3 5.5h1.4M5.3 8h1.4M5.3 10.5h1.4" />,
  pulse: <path d="M1.8 8h2.7l1.8-4.7 3.2 9.4L11.4 8h2.8" />,
  search: <path d="M7.2 12.2a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.8 10.8l3 3" />,
  clock: <path d="M8 4.6V8l2.3 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z" />,
  alert: <path d="M8 5.3v3.4M8 11h.01M7.1 2.6 1.7 12a1 1 0 0 0 .9 1.5h10.8a1 1 0 0 0 .9-1.5L8.9 2.6a1 1 0 0 0-1.8 0Z" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof strokes;

/** Decorative: whoever uses it says in text what it means. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      {strokes[name]}
    </svg>
  );
}

export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg className="brand-mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path className="brand-mark-quiet" d="M8 10.5h9M16 21.5h6" />
      <path className="brand-mark-loud" d="M12 16h12" />
    </svg>
  );
}
