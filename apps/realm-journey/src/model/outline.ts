/** A document on the way to its procedure: lines with their spans, then lists within lists. */
import type { Marker, MarkerReading } from '../language/marker.js';
import type { Block } from './document.schema.js';

export interface Line {
  readonly kind: 'heading' | 'item' | 'text';
  readonly block: Block;
  /** Span in the block's text, marker included. */
  readonly start: number;
  readonly end: number;
  /** Without the marker, white space collapsed. */
  readonly text: string;
  readonly marker?: Marker;
  /** Depth of the list item or level of the heading, as the parser says; 0 when it does not. */
  readonly level: number;
}

export interface OutlineItem {
  readonly line: Line;
  /** The number as it is written: `4.2`, `b`. */
  readonly label: string;
  /** The heading it stands under, which may differ from that of the list's first item. */
  readonly heading: Line | undefined;
  readonly notes: Line[];
  readonly lists: OutlineList[];
}

export interface OutlineList {
  readonly style: MarkerReading['style'] | 'plain';
  /** The heading its first item stands under: the item it is part of, where there is one. */
  readonly heading: Line | undefined;
  readonly items: OutlineItem[];
}
