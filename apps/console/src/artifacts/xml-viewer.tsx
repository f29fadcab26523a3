import { tokenizeXml } from './xml-tokens.js';

/** XML as text, with its markup coloured. */
export function XmlViewer({ text }: { text: string }) {
  return (
    <pre className="text-view" tabIndex={0}>
      {tokenizeXml(text).map((token, index) => (token.kind === 'text' ? token.text : <span key={index} className={`xml-${token.kind}`}>{token.text}</span>))}
    </pre>
  );
}
