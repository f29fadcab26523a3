/** English verbs that instructions begin with, in their base form. A verb that is missing is still recognised before an article. */
const listed = `
accept acknowledge acquire activate add address adjust administer advise affix agree align allocate allow alert amend analyse analyze announce
answer appoint apply approve archive arrange ask assemble assess assign assist attach attend audit authorise authorize avoid backup balance begin
bind block book bring brief browse build calculate calibrate call cancel capture carry categorise categorize certify change charge check choose
circulate clarify classify clean clear click clone close collate collect combine commence commit communicate compare compile complete compose
compute conduct configure confirm connect consult contact continue convene convert cool coordinate copy correct count cover create cut date debrief
decide declare decline decontaminate deduct define delegate delete deliver deploy deposit describe destroy detach determine develop diagnose
direct disable disassemble discard disconnect discuss dismantle dispatch display dispose dissolve distribute document don download draft drag drain draw
drill drive drop dry duplicate edit eject eliminate email empty enable enclose encode encrypt enrol enroll ensure enter erase escalate escort
establish estimate evacuate evaluate examine exchange execute exit explain export extend extinguish extract fasten fetch file fill filter finalise
finalize find finish fit fix flag flush fold follow format forward freeze gather generate get give go grant group guide hand handle hang have heat hold
identify immerse implement import inform initial initiate insert inspect install instruct insulate interview inventory investigate invite invoice
isolate issue join keep label launch leave let lift limit link list listen load locate lock log look loosen lower lubricate mail maintain make manage
mark match measure meet merge mix monitor mop mount move navigate negotiate note notify number obtain open operate order organise organize outline
overwrite pack park pass paste patch pause pay perform phone pick pin place plan plug position post pour prepare present preserve press prevent print
prioritise prioritize proceed process procure produce program promote propose protect provide publish pull pump purchase purge push put quarantine query
raise read reassemble reassess reboot recalculate receive recommend reconcile reconnect record recover redirect refer refill refresh refund refuse register reject
release reload remain remind remove rename renew reopen repair repeat replace reply report request require rerun reschedule reset resolve respond
restart restore restrict resubmit resume retain retest retire retrieve retry return reverse review revise revoke rinse roll rotate route run sample sanitise sanitize
save scan schedule screen screw scroll seal search secure select send separate serve set settle shake share ship shut sign signal sit skip slide soak sort
spray spread stack staple start state stay sterilise sterilize stir stop store submit subtract supply survey suspend swab swap switch tag take tap teach tell
terminate test thank throw tick tie tighten tilt torque track train transcribe transfer translate transmit transport treat triage trigger trim turn type
unfasten unload unlock unplug unscrew unwrap update upgrade upload use vacuum validate vent verify view visit wait walk warm warn wash watch wear weigh wipe
withdraw wrap write zip
`;

export const verbs: ReadonlySet<string> = new Set(listed.split(/\s+/).filter((verb) => verb !== ''));

/** The form after he, she or it: `checks`, `passes`, `applies`. */
export function thirdPerson(verb: string): string {
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ies`;
  if (verb === 'go' || /(s|x|z|ch|sh)$/.test(verb)) return `${verb}es`;
  return verb === 'have' ? 'has' : `${verb}s`;
}

export const thirdPersons: ReadonlySet<string> = new Set([...verbs].map(thirdPerson));
