import type { PlatformError } from '@symphainy/kernel';
import { documentOf } from './testing/document-fixture.js';
import type { Table } from './model/document.schema.js';
import { sop as sopSchema, type SopStep } from './model/sop.schema.js';
import { readProcedure } from './procedure-reading.js';
import { withSubsteps } from './services/sop-assembly.service.js';

const outline = (steps: readonly SopStep[]): string[] => steps.flatMap((s) => [`${s.number} ${s.action}`, ...outline(s.substeps)]);
const read = (text: string, tables: Table[] = []) => readProcedure(documentOf(text, tables));
const table = (columns: string[], rows: string[][]): Table => ({ id: 't1', name: 'table', columns: columns.map((name) => ({ name })), rows, source: { page: 2 } });

describe('procedures - however they are written', () => {
  it.each<[string, string, string[]]>([
    ['numbers with dots', '1. Open the valve.\n2. Check the level.\n3. Start the motor.', ['1 Open the valve', '2 Check the level', '3 Start the motor']],
    ['numbers with brackets', '1) Collect the form\n2) Verify the signature', ['1 Collect the form', '2 Verify the signature']],
    ['the word Step', 'Step 1: Preparation of the site\nStep 2 - Remove the cover\nSTEP THREE: Close it', ['1 Preparation of the site', '2 Remove the cover', '3 Close it']],
    ['steps as headings', '# Reset\n## Step 1: Prepare\nTurn off the unit.\n## Step 2: Reset\nPress the button.', ['1 Prepare', '2 Reset']],
    ['letters', '(a) Disconnect the battery.\n(b) Remove the bolts.\n(c) Lift the cover.', ['a Disconnect the battery', 'b Remove the bolts', 'c Lift the cover']],
    ['roman numbers, past the letter i', '# Steps\ni. Unplug it\nii. Wait ten seconds\niii. Plug it in\niv. Press start', ['i Unplug it', 'ii Wait ten seconds', 'iii Plug it in', 'iv Press start']],
    ['letters up to i, which is no roman one', 'a) Open it\nb) Close it\nc) Turn it\nd) Clean it\ne) Dry it\nf) Store it\ng) Lock it\nh) Seal it\ni) Ship it', ['a Open it', 'b Close it', 'c Turn it', 'd Clean it', 'e Dry it', 'f Store it', 'g Lock it', 'h Seal it', 'i Ship it']],
    ['letters within numbers', '1) Verify the form\na) compare the names\nb) check the date\n2) File the form', ['1 Verify the form', '1.a Compare the names', '1.b Check the date', '2 File the form']],
    ['section numbers', '# 4. Procedure\n4.1 Receive the claim.\n4.1.1 Stamp it.\n4.1.2 Number it.\n4.2 Review the claim.\n# 5. References\n5.1 ISO 9001\n5.2 ISO 27001', ['4.1 Receive the claim', '4.1.1 Stamp it', '4.1.2 Number it', '4.2 Review the claim']],
    ['phases with steps', '1. Preparation\n1.1 Collect the forms\n1.2 Verify the data\n2. Execution\n2.1 Submit the batch\n2.2 Confirm receipt', ['1 Preparation', '1.1 Collect the forms', '1.2 Verify the data', '2 Execution', '2.1 Submit the batch', '2.2 Confirm receipt']],
    ['markers kept apart by the parser', '~1. Remove debris\n  ~a) from the top\n  ~b) Wipe the sides\n~2. Rinse with water', ['1 Remove debris', '1.a From the top', '1.b Wipe the sides', '2 Rinse with water']],
    ['a list where every number is 1', '# Install\n~1. Download the package\n~1. Run the installer\n~1. Restart the machine', ['1 Download the package', '2 Run the installer', '3 Restart the machine']],
    ['ordinal words in one paragraph', 'Proceed as told. First, unplug the cable. Then wait 30 seconds. Next, plug it in again. Finally, check the lights.', ['1 Unplug the cable', '2 Wait 30 seconds', '3 Plug it in again', '4 Check the lights']],
    ['ordinal words, a paragraph each', 'First, collect the badges.\nSecond, lock the doors.\nThird, call security.', ['1 Collect the badges', '2 Lock the doors', '3 Call security']],
    ['an enumeration in a sentence', 'In an emergency: (1) sound the alarm, (2) leave the building, and (3) gather at the gate.', ['1 Sound the alarm', '2 Leave the building', '3 Gather at the gate']],
    ['numbers that a parser merged into one paragraph', '1. Open the lid. 2. Insert the card. 3. Close the lid.', ['1 Open the lid', '2 Insert the card', '3 Close the lid']],
    ['lines within one block, wrapped', '1. Open the lid.\\n2. Insert the card\\n   firmly.\\n3. Close the lid.', ['1 Open the lid', '2 Insert the card firmly', '3 Close the lid']],
    ['bullets under a heading that promises steps', '# Procedure\n- Collect the samples\n- Label the tubes\n- Send them to the laboratory', ['1 Collect the samples', '2 Label the tubes', '3 Send them to the laboratory']],
    ['bare sentences under such a heading', '# Instructions\nOpen the main valve.\nCheck the gauge.\nRecord the pressure.', ['1 Open the main valve', '2 Check the gauge', '3 Record the pressure']],
    ['what people will do', '1. The clerk will open the file.\n2. The claims adjuster will review the claim.', ['1 Open the file', '2 Review the claim']],
    ['a process told in the passive', '1. The application is received by the clerk.\n2. The application is checked for errors.', ['1 The application is received by the clerk', '2 The application is checked for errors']],
    ['numbers that go on under the next heading', '# Preparation\n1. Gather the tools.\n2. Read the manual.\n# Execution\n3. Remove the cover.\n4. Replace the filter.', ['1 Gather the tools', '2 Read the manual', '3 Remove the cover', '4 Replace the filter']],
    ['another language, by the word for step', 'Schritt 1: Ventil öffnen\nSchritt 2: Pumpe starten', ['1 Ventil öffnen', '2 Pumpe starten']],
    ['verbs no dictionary has', '1. Degauss the coil.\n2. Reflow the joint.', ['1 Degauss the coil', '2 Reflow the joint']],
  ])('%s', (_form, text, expected) => {
    expect(outline(read(text).steps)).toEqual(expected);
  });

  it('a table with a step column - actor and condition from their columns', () => {
    const sop = read('# Onboarding\n[table]', [table(['Step', 'Action', 'Responsible', 'If'], [['1', 'Create the account', 'IT', ''], ['2', 'Ship the laptop', 'Logistics', 'If the role is remote'], ['2.1', 'Print the label', 'Logistics', ''], ['3', 'Schedule the training', 'HR', '']])]);
    expect(sop).toMatchObject({ title: 'Onboarding', form: 'table', roles: ['IT', 'Logistics', 'HR'] });
    expect(outline(sop.steps)).toEqual(['1 Create the account', '2 Ship the laptop', '2.1 Print the label', '3 Schedule the training']);
    expect(sop.steps[1]).toMatchObject({ actor: 'Logistics', condition: 'the role is remote', citation: { block_id: 'b2', quote: 'Ship the laptop', start: 54, end: 69, source: { page: 2, row: 2, column: 2 } } });
  });
});

describe('procedures - what only looks like one', () => {
  it.each<[string, string]>([
    ['numbered headings', '# 1. Introduction\nText.\n# 2. Scope\nMore.\n# 3. Results\nEven more.'],
    ['numbered headings that the parser took for paragraphs', '1. Introduction\nLong text.\n2. Scope\nMore of it.\n3. Conclusions\nEven more.'],
    ['headings that begin with words that may be verbs', '1. Test Results\n2. Report Summary\n3. Contact Information'],
    ['page numbers, dates and figures', 'On the\n3. May 2024 it rained.\n12\n1.5 million people were affected.\n2024. The year ended.\n1.1.2024 Open the file'],
    ['a table of contents', '1. Introduction ........ 1\n2. Open the valve ........ 3\n3. Check it ......... 9'],
    ['references', '# References\n1. Smith J. Use the force. 2010.\n2. Doe A. Check your work. 2011.'],
    ['findings in the past tense', '# What happened\n1. The pump failed at 10:32.\n2. The crew was late.\n3. The valve had been closed.'],
    ['recommendations', '# Recommendations\n1. Train the staff.\n2. Replace the pump.'],
    ['questions', '1. What is your name?\n2. Where do you live?'],
    ['ingredients', '1. Two eggs\n2. One cup of flour\n3. A pinch of salt'],
    ['legal paragraphs', '1. The Committee notes that the budget grew.\n2. The Committee regrets the delay.'],
    ['statistics', '1. 25% of respondents agreed\n2. 30% disagreed'],
    ['bullets without such a heading', '# Action Items\n- Upgrade the cluster\n- Add alarms'],
    ['items that only count themselves', '~1. List item a\n~2. List item b\n~3. List item c'],
    ['labels with letters', '1. Appendix A: Glossary\n2. Detail A.1.1\n3. Annex B'],
    ['rules that things must keep', '1. Noise shall not exceed 62 dBA.\n2. Excavations shall be shored.\n3. Groundwater must be filtered before discharge.'],
    ['conditions', '# Conditions of approval\n1. Follow the stamped plans.\n2. Notify the District.'],
    ['goals of an organisation', '1. By FY 2026, NARA will publish its metrics.\n2. NARA will digitise its holdings.\n3. NARA will host one project a year.'],
    ['one step', '1. Open the valve.'],
    ['numbers out of order', '3. Open the valve.\n7. Close the valve.'],
    ['nothing', 'Just some prose about pumps.'],
  ])('%s', (_what, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'journey.no_procedure', field: '/source' }) as PlatformError);
  });

  it('a parts list as a table', () => {
    expect(() => read('[table]', [table(['#', 'Description', 'Qty'], [['1', 'Bolt M8', '4'], ['2', 'Washer', '8'], ['3', 'Cover plate', '1']])])).toThrow(/no numbered steps/);
  });
});

describe('procedures - who, what and when', () => {
  it.each<[string, Partial<SopStep>]>([
    ['The claims clerk checks the form.', { actor: 'Claims clerk', action: 'Check the form' }],
    ['The operator must not open the valve.', { actor: 'Operator', action: 'Do not open the valve' }],
    ['The clerk receives the form and checks it for gaps.', { actor: 'Clerk', action: 'Receive the form and check it for gaps' }],
    ['The operator sets the switch and confirms three-phase voltage.', { actor: 'Operator', action: 'Set the switch and confirm three-phase voltage' }],
    ['The clerk collects forms and records from the desk.', { actor: 'Clerk', action: 'Collect forms and records from the desk' }],
    ['When power is stable for 10 minutes, the supervisor authorizes the return.', { actor: 'Supervisor', action: 'Authorize the return when power is stable for 10 minutes' }],
    ['Supervisor: sign the sheet.', { actor: 'Supervisor', action: 'Sign the sheet' }],
    ['The Data Steward approves the request.', { actor: 'Data Steward', action: 'Approve the request' }],
    ['Isolation: Close the inlet valve.', { action: 'Isolation: Close the inlet valve' }],
    ['If the level is low, add oil; otherwise continue with step 3.', { condition: 'the level is low', action: 'Add oil', otherwise: 'Continue with step 3', otherwise_goto: '3' }],
    ['If the pump, valve or tank leaks, stop the line.', { condition: 'the pump, valve or tank leaks', action: 'Stop the line' }],
    ['If it is hot then open the window', { condition: 'it is hot', action: 'Open the window' }],
    ['Stop the pump if the pressure exceeds 50 bar.', { condition: 'the pressure exceeds 50 bar', action: 'Stop the pump' }],
    ['Unless the seal is intact, replace it.', { condition: 'not: the seal is intact', action: 'Replace it' }],
    ['In case of fire, sound the alarm.', { condition: 'fire', action: 'Sound the alarm' }],
    ['Check if the valve is open.', { action: 'Check if the valve is open' }],
    ['If the claim exceeds 5,000, the manager approves it.', { condition: 'the claim exceeds 5,000', actor: 'Manager', action: 'Approve it' }],
  ])('%s', (text, expected) => {
    const [step] = read(`1. ${text}\n2. Close the file.\n3. Send the file.`).steps;
    const { actor, action, condition, otherwise, otherwise_goto } = step!;
    expect(Object.fromEntries(Object.entries({ actor, action, condition, otherwise, otherwise_goto }).filter(([, v]) => v !== undefined))).toEqual(expected);
  });

  it('a condition in a later sentence - holds for that sentence only', () => {
    const [step] = read('1. Count the people. If anyone is missing, tell the fire service. Otherwise, open the gate.\n2. Close the file.').steps;
    expect(step).toMatchObject({ action: 'Count the people', substeps: [{ number: '1.1', action: 'Count the people' }, { number: '1.2', condition: 'anyone is missing', action: 'Tell the fire service', otherwise: 'Open the gate' }] });
    expect(step).not.toHaveProperty('condition');
  });

  it('title and purpose - from the headings, unless the caller names a title', () => {
    const text = '# Pump manual\n## Purpose\nTo start the pump safely.\n## Procedure\n1. Open the valve.\n2. Start the motor.';
    expect(read(text)).toMatchObject({ title: 'Manual', purpose: { text: 'To start the pump safely.', citation: { block_id: 'b3' } }, heading: 'Procedure' });
    expect(readProcedure(documentOf(text), 'Mine').title).toBe('Mine');
    expect(read('# Pump start-up\n1. Open the valve.\n2. Start the motor.').title).toBe('Pump start-up');
  });

  it('a section that the parser took for a list item - is the procedure’s heading, and rules lists in or out', () => {
    const sop = read('1. Overview\n2. Observations\n~1. Buy radios.\n3. Shelter activation\nStep 1: Declare it.\nStep 2: Open the shelter.\n4. Recommendations\n(1) Buy new radios.\n(2) Train the volunteers.\n(3) Call the press.');
    expect(sop.title).toBe('Shelter activation');
    expect(sop.others).toEqual([]);
  });

  it('two procedures - the longer is taken, the other is named', () => {
    const sop = read('# Shutdown\n1. Stop the pump\n2. Close the valve\n# Startup\n1. Open the valve\n2. Start the pump\n3. Check the flow');
    expect(sop.title).toBe('Startup');
    expect(sop.others).toMatchObject([{ heading: 'Shutdown', steps: 2, first: { block_id: 'b2', quote: '1. Stop the pump' } }]);
  });

  it('notes between steps - stay with the step above them; a wrapped line belongs to its words', () => {
    const [first, second] = read('1. Sound the alarm.\nNote: it hangs on the wall.\n2. Leave the\nbuilding by the exit.\n3. Close the door.').steps;
    expect(first).toMatchObject({ notes: [{ text: 'Note: it hangs on the wall.', citation: { block_id: 'b2' } }] });
    expect(second).toMatchObject({ text: 'Leave the building by the exit.', notes: [], continued_in: [{ block_id: 'b4' }] });
  });

  it('every step cites its words - the quote is the block’s text at that span', () => {
    const document = documentOf('# Fire\n1. Sound the alarm.\n2. Count the people. If one is missing, call 112.\n(1) take the list, (2) read the names\n~3. Close the door.');
    const sop = readProcedure(document);
    expect(sopSchema.parse(JSON.parse(JSON.stringify(sop)))).toEqual(JSON.parse(JSON.stringify(sop)));
    for (const { citation } of sop.steps.flatMap(withSubsteps)) {
      const block = document.blocks.find((b) => b.id === citation.block_id);
      expect(block?.text.slice(citation.start, citation.end)).toBe(citation.quote);
      expect(citation).toMatchObject({ source: block?.source });
    }
  });
});
