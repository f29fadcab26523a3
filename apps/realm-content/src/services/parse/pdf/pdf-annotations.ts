import type { DraftBlock } from '../../../model/draft-document.js';
import { round } from './pdf-lines.js';

/** What pdf.js tells of an annotation (ISO 32000-2, 12.5), as far as it is read here. */
export interface Annotation {
  readonly subtype?: string;
  readonly rect?: readonly number[];
  readonly fieldName?: string;
  readonly fieldType?: string | null;
  readonly fieldValue?: unknown;
  readonly checkBox?: boolean;
  readonly radioButton?: boolean;
  readonly exportValue?: string | null;
  readonly buttonValue?: string | null;
  readonly options?: readonly { readonly exportValue: string | null; readonly displayValue: string | null }[];
  readonly contentsObj?: { readonly str: string };
  readonly titleObj?: { readonly str: string };
  /** Of the file that hangs on it. */
  readonly fileId?: string;
  readonly file?: { readonly filename?: string };
}

/** What a check box without its mark is set to. */
const OFF = 'Off';

/** Notes that people leave on a page; their pop-ups repeat them. */
const NOTES = new Set(['Text', 'FreeText', 'Highlight', 'Underline', 'Squiggly', 'StrikeOut', 'Caret', 'Stamp', 'Line', 'Square', 'Circle', 'Polygon', 'PolyLine', 'Ink']);

/**
 * Fields of an interactive form, filled in or not, and then the notes of a page. A field is a key-value block of its full name and the value that the form would send, with its box: nothing
 * where nothing was filled in, `Off` for a box without its mark, of buttons that exclude each other the chosen one, of a list all chosen ones. Its text says what the page shows for the value.
 * `signed` tells by field what a signature says of itself. Buttons that only do something are no fields.
 */
export function annotationBlocks(annotations: readonly Annotation[], page: number, signed: ReadonlyMap<string, string>): DraftBlock[] {
  const fields = Map.groupBy(annotations.filter(({ fieldName, fieldType }) => fieldName !== undefined && typeof fieldType === 'string'), ({ fieldName }) => fieldName!);
  const notes = annotations.filter(({ subtype, contentsObj }) => NOTES.has(subtype ?? '') && (contentsObj?.str ?? '').trim() !== '');
  return [...[...fields].flatMap(([name, widgets]) => fieldBlock(name, widgets, page, signed.get(name) ?? '')), ...notes.map((note) => noteBlock(note, page))];
}

interface Filled {
  readonly value: string;
  /** As the page shows it; default: the value. */
  readonly shown?: string;
  /** The widget that has the value; default: the first. */
  readonly at?: Annotation | undefined;
}

function fieldBlock(name: string, widgets: readonly Annotation[], page: number, signature: string): DraftBlock[] {
  const filled = filledOf(widgets, signature);
  if (filled === undefined) return [];
  const { value, shown = value, at = widgets[0]! } = filled;
  return [{ type: 'key_value', text: `${name}: ${shown}`.trim(), key: name, value, source: placeOf(at, page) }];
}

function filledOf(widgets: readonly Annotation[], signature: string): Filled | undefined {
  const [first] = widgets as [Annotation];
  switch (first.fieldType) {
    case 'Tx':
      return { value: typeof first.fieldValue === 'string' ? first.fieldValue : '' };
    case 'Ch':
      return chosen(first);
    case 'Btn':
      return pressed(widgets);
    case 'Sig':
      return { value: signature };
    default:
      return undefined;
  }
}

function chosen({ fieldValue, options = [] }: Annotation): Filled {
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter((value): value is string => typeof value === 'string' && value !== '');
  return { value: values.join(', '), shown: values.map((value) => options.find(({ exportValue }) => exportValue === value)?.displayValue ?? value).join(', ') };
}

/** Boxes and buttons of one name are set by the value of the one that is on. */
function pressed(widgets: readonly Annotation[]): Filled | undefined {
  const marks = widgets.filter(({ checkBox, radioButton }) => checkBox === true || radioButton === true);
  if (marks.length === 0) return undefined;
  const on = marks.find(({ fieldValue, exportValue, buttonValue }) => typeof fieldValue === 'string' && fieldValue !== OFF && fieldValue === (exportValue ?? buttonValue));
  return { value: on === undefined ? (marks.some(({ checkBox }) => checkBox === true) ? OFF : '') : (on.fieldValue as string), at: on ?? marks[0] };
}

function noteBlock({ subtype, contentsObj, titleObj, rect }: Annotation, page: number): DraftBlock {
  const text = contentsObj!.str.trim();
  const author = titleObj?.str.trim() ?? '';
  return { type: 'paragraph', text: author === '' || subtype === 'FreeText' ? text : `[author: ${author}]: ${text}`, source: placeOf({ rect: rect ?? [] }, page) };
}

const placeOf = ({ rect }: Annotation, page: number): DraftBlock['source'] => ({ page, ...(rect?.length === 4 && rect.every(Number.isFinite) ? { box: rect.map(round) } : {}) });
