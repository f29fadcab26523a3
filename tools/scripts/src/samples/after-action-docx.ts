import { XML, xmlText, zipArchive } from './zip-archive.js';

/** What the report says; the test holds what is read against it. */
export const afterAction = {
  title: 'After-Action Report: Emergency Power Transfer Exercise EPT-26-02',
  particulars: [
    ['Exercise', 'EPT-26-02'],
    ['Date', '14 May 2026'],
    ['Location', 'Harbor View Pump Station, Port Alden'],
    ['Exercise director', 'Capt. R. Oyelaran'],
    ['Report prepared by', 'Test and Evaluation Cell'],
  ],
  summary: [
    'The exercise tested whether the station transfers from utility to generator power and back without overflow of the wet well. Utility power was interrupted at 09:12 and restored at 11:46, an outage of 154 minutes.',
    'The generator carried 92% of rated pump load. Transfer took 38 seconds against a target of 30 seconds. The wet well peaked at 71% of capacity, below the 85% alarm. Fuel use was 41.6 gallons, 7% above plan.',
  ],
  measures: [
    ['Measure', 'Target', 'Actual', 'Unit', 'Met'],
    ['Transfer to generator', '30', '38', 'seconds', 'No'],
    ['Return to utility', '60', '52', 'seconds', 'Yes'],
    ['Peak wet well level', '85', '71', 'percent', 'Yes'],
    ['Generator load', '80', '92', 'percent', 'No'],
    ['Fuel used', '39.0', '41.6', 'gallons', 'No'],
    ['Radio checks answered', '12', '12', 'calls', 'Yes'],
    ['Operators qualified', '6', '5', 'people', 'No'],
  ],
  timeline: [
    ['Time', 'Event', 'Source'],
    ['09:12', 'Utility breaker opened', 'SCADA'],
    ['09:12', 'Generator start command issued', 'SCADA'],
    ['09:13', 'Automatic transfer switch closed on generator', 'Switch log'],
    ['09:41', 'Pump 3 restarted after overload trip', 'Operator log'],
    ['10:30', 'Fuel level checked, 61%', 'Operator log'],
    ['11:46', 'Utility power restored', 'SCADA'],
    ['11:47', 'Load returned to utility', 'Switch log'],
  ],
  procedure: [
    'The shift supervisor confirms that the wet well stands below 50% and records the level in the operations log.',
    'The electrician inspects the generator: coolant, oil, battery voltage of at least 24.5 V and a fuel level of at least 60%.',
    'The electrician starts the generator and lets it run without load for 5 minutes.',
    'If the generator does not reach 60 Hz within 15 seconds, the electrician stops it and the supervisor calls the standby contractor.',
    'The operator sets the automatic transfer switch to Generator and confirms three-phase voltage of 480 V on the panel meter.',
    'The operator starts the pumps one at a time, waiting 30 seconds between starts.',
    'If a pump trips on overload, the operator resets it once; after a second trip the pump stays off and is tagged.',
    'The operator reads wet well level, load and fuel every 30 minutes and enters them in the operations log.',
    'When utility power has been stable for 10 minutes, the supervisor authorizes the return.',
    'The operator sets the transfer switch to Utility and confirms that all pumps run.',
    'The electrician lets the generator cool without load for 10 minutes, then stops it and leaves it in Auto.',
    'The supervisor closes the event in the operations log and notifies the dispatcher at extension 4410.',
  ],
  findings: [
    'Transfer exceeded its target because the start delay of the controller was set to 10 seconds; the design value is 3 seconds.',
    'Pump 3 tripped on overload at 09:41. Its relay was set to 118% instead of 125% of full load current.',
    'One operator had not renewed the annual qualification, due 1 April 2026.',
  ],
  actions: [
    ['Action', 'Owner', 'Due', 'Cost'],
    ['AA-01 Set controller start delay to 3 seconds', 'Electrical', '2026-05-29', '$0.00'],
    ['AA-02 Recalibrate overload relays of pumps 1 to 3', 'Electrical', '2026-06-12', '$1,850.00'],
    ['AA-03 Requalify operators before each season', 'Training', '2026-06-30', '$3,200.00'],
    ['AA-04 Revise fuel plan to 44 gallons for each outage', 'Operations', '2026-06-05', '$0.00'],
  ],
} as const;

/** Word's parts, as few as it opens without complaint. */
export function afterActionDocx(): Uint8Array {
  return zipArchive([
    ['[Content_Types].xml', CONTENT_TYPES],
    ['_rels/.rels', relationships([['rId1', 'officeDocument', 'word/document.xml'], ['rId2', 'metadata/core-properties', 'docProps/core.xml']])],
    ['docProps/core.xml', CORE],
    ['word/_rels/document.xml.rels', relationships([['rId1', 'styles', 'styles.xml'], ['rId2', 'numbering', 'numbering.xml']])],
    ['word/styles.xml', STYLES],
    ['word/numbering.xml', NUMBERING],
    ['word/document.xml', documentXml()],
  ]);
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

function documentXml(): string {
  const { title, particulars, summary, measures, timeline, procedure, findings, actions } = afterAction;
  const body = [
    paragraph(title, style('Title')),
    ...particulars.map(([key, value]) => paragraph(`${key}: ${value}`)),
    heading('Summary'), ...summary.map((text) => paragraph(text)),
    heading('Results'), table(measures),
    heading('Timeline'), table(timeline),
    heading('Procedure: transfer to emergency power'), paragraph('Carried out by the shift on duty whenever utility power fails or is to be interrupted.'), ...procedure.map((step) => paragraph(step, list(1))),
    heading('Findings'), ...findings.map((finding) => paragraph(finding, list(2))),
    heading('Corrective actions'), table(actions),
    '<w:sectPr><w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>',
  ];
  return `${XML}<w:document ${W}><w:body>${body.join('')}</w:body></w:document>`;
}

const style = (id: string): string => `<w:pPr><w:pStyle w:val="${id}"/></w:pPr>`;
const list = (id: number): string => `<w:pPr><w:pStyle w:val="ListParagraph"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="${id}"/></w:numPr></w:pPr>`;
const paragraph = (text: string, properties = ''): string => `<w:p>${properties}<w:r><w:t xml:space="preserve">${xmlText(text)}</w:t></w:r></w:p>`;
const heading = (text: string): string => paragraph(text, style('Heading1'));

function table(rows: readonly (readonly string[])[]): string {
  const grid = rows[0]!.map(() => `<w:gridCol w:w="${Math.floor(9360 / rows[0]!.length)}"/>`).join('');
  const borders = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>`).join('');
  const body = rows.map((row, at) => `<w:tr>${at === 0 ? '<w:trPr><w:tblHeader/></w:trPr>' : ''}${row.map((cell) => `<w:tc><w:tcPr/>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`).join('');
  return `<w:tbl><w:tblPr><w:tblW w:w="9360" w:type="dxa"/><w:tblBorders>${borders}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${body}</w:tbl>${'<w:p/>'}`;
}

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const relationships = (list: readonly (readonly [string, string, string])[]): string =>
  `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${type.includes('/') ? `http://schemas.openxmlformats.org/package/2006/relationships/${type}` : `${REL}/${type}`}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const OFFICE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const CONTENT_TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${OFFICE}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${OFFICE}.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="${OFFICE}.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`;

const CORE = `${XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xmlText(afterAction.title)}</dc:title><dc:creator>Test and Evaluation Cell</dc:creator></cp:coreProperties>`;

const namedStyle = (id: string, name: string, size: number, bold: boolean): string => `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="240" w:after="120"/></w:pPr><w:rPr>${bold ? '<w:b/>' : ''}<w:sz w:val="${size}"/></w:rPr></w:style>`;

const STYLES = `${XML}<w:styles ${W}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:after="120"/></w:pPr><w:rPr><w:sz w:val="22"/></w:rPr></w:style>${namedStyle('Title', 'Title', 40, true)}${namedStyle('Heading1', 'heading 1', 28, true)}${namedStyle('ListParagraph', 'List Paragraph', 22, false)}</w:styles>`;

const numberedList = (id: number): string => `<w:abstractNum w:abstractNumId="${id}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>`;

const NUMBERING = `${XML}<w:numbering ${W}>${numberedList(1)}${numberedList(2)}<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>`;
