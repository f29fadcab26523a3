import { dataBoundary, dataClass, dataContract, dataHold, failure, reclassification, type DataBoundary, type DataClass, type DataContract, type DataHold, type Reclassification } from '@symphainy/contracts';
import { standingRanks } from '@symphainy/governance';
import { z } from 'zod';
import { put, type EntryKind } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';
import { requireContract, requireNextVersion } from './contract-versions.js';

/** Puts the entry, or with null removes it. */
const ruleOf = <V>(name: EntryKind & string, value: z.ZodType<V>) =>
  changeRule<V | null>({ name, value: value.nullable() as z.ZodType<V | null>, apply: (_, key, given) => (given === null ? { kind: name, key, value: undefined } : put(name, given as never)) });

const classRule = ruleOf<DataClass>('data_class', dataClass);
const boundaryRule = ruleOf<DataBoundary>('data_boundary', dataBoundary);
const holdRule = ruleOf<DataHold>('data_hold', dataHold);
const classificationRule = ruleOf<Reclassification>('reclassification', reclassification);
const contractRule = ruleOf<DataContract>('data_contract', dataContract);

const ownerOf = ({ tenant_id }: { readonly tenant_id?: string | undefined }, context: { readonly tenant_id: string }): string => tenant_id ?? context.tenant_id;

const ofTenant = { tenant_id: dataBoundary.shape.tenant_id.optional() };

const defineClass = governedTask({
  intent: 'governance.define_class',
  ofTenant: true,
  description: 'Adds a class of data, or changes its rank. The standing classes keep theirs.',
  input: dataClass,
  changes: (payload, { tenant_id }) => {
    if (Object.hasOwn(standingRanks, payload.name) && payload.rank !== standingRanks[payload.name]) throw failure('governance.invalid', { message: `${payload.name} is a standing class of rank ${standingRanks[payload.name]}`, field: '/rank' });
    const owner = payload.tenant_id ?? tenant_id;
    return [recordedChange(classRule, `${owner}/${payload.name}`, { ...payload, tenant_id: owner })];
  },
});

const putBoundary = governedTask({
  intent: 'governance.put_boundary',
  ofTenant: true,
  description: 'Says where classes of data may be seen: by which realms, for which purposes, in which regions, in plain or masked.',
  input: dataBoundary.extend(ofTenant),
  changes: ({ tenant_id: named, ...payload }, { tenant_id }) => {
    const owner = named ?? tenant_id;
    return [recordedChange(boundaryRule, `${owner}/${payload.boundary_id}`, { ...payload, tenant_id: owner })];
  },
});

const removeBoundary = governedTask({
  intent: 'governance.remove_boundary',
  ofTenant: true,
  removes: (payload, context) => ({ list: 'data_boundaries', key: `${ownerOf(payload, context)}/${payload.boundary_id}`, field: '/boundary_id' }),
  description: 'Removes a boundary.',
  input: z.object({ ...ofTenant, boundary_id: dataBoundary.shape.boundary_id }),
  changes: ({ tenant_id: named, boundary_id }, { tenant_id }) => [recordedChange(boundaryRule, `${named ?? tenant_id}/${boundary_id}`, null)],
});

const placeHold = governedTask({
  intent: 'governance.place_hold',
  ofTenant: true,
  description: 'Places a legal hold on an execution, an artifact or a data subject: neither erased nor archived until it is lifted.',
  input: dataHold.extend({ ...ofTenant, execution_id: dataHold.shape.execution_id.unwrap().meta({ format: 'execution-reference' }).optional(), subject: z.string().min(1).max(300).meta({ format: 'data-subject' }).optional() }),
  changes: ({ tenant_id: named, ...payload }, { tenant_id }) => {
    const owner = named ?? tenant_id;
    if ([payload.execution_id, payload.reference, payload.subject].filter((part) => part !== undefined).length !== 1) throw failure('governance.invalid', { message: 'a hold names one execution, one reference or one subject', field: '/payload/subject' });
    if (payload.subject !== undefined && owner !== tenant_id) throw failure('governance.invalid', { message: 'a subject is held in its own tenant, where its pseudonym is made', field: '/tenant_id' });
    return [recordedChange(holdRule, `${owner}/${payload.hold_id}`, { ...payload, tenant_id: owner })];
  },
});

const liftHold = governedTask({
  intent: 'governance.lift_hold',
  ofTenant: true,
  removes: (payload, context) => ({ list: 'data_holds', key: `${ownerOf(payload, context)}/${payload.hold_id}`, field: '/hold_id' }),
  description: 'Lifts a legal hold.',
  input: z.object({ ...ofTenant, hold_id: dataHold.shape.hold_id, reason: z.string().min(1).max(500) }),
  changes: ({ tenant_id: named, hold_id }, { tenant_id }) => [recordedChange(holdRule, `${named ?? tenant_id}/${hold_id}`, null)],
});

const reclassify = governedTask({
  intent: 'governance.reclassify',
  ofTenant: true,
  description: 'Sets an artifact’s class, higher or lower than what it was recorded or derived with.',
  input: reclassification.extend({ ...ofTenant, reference: reclassification.shape.reference.meta({ format: 'data-reference' }) }),
  changes: ({ tenant_id: named, ...payload }, { tenant_id }) => [recordedChange(classificationRule, `${named ?? tenant_id}/${payload.reference}`, { ...payload, tenant_id: named ?? tenant_id })],
});

const putContract = governedTask({
  intent: 'governance.put_data_contract',
  ofTenant: true,
  description: 'Agrees on what artifacts of a type hold: schema, meaning, owner, class. Their recording is checked against it. A version that breaks what the last one promised must raise the major number.',
  input: dataContract.extend(ofTenant),
  changes: async ({ tenant_id: named, ...payload }, { tenant_id }, _, tool) => {
    const owner = named ?? tenant_id;
    requireContract(payload);
    const key = `${owner}/${payload.artifact_type}`;
    const offered = { ...payload, tenant_id: owner };
    requireNextVersion(dataContract.nullable().parse(await tool('governance.entry', { list: 'data_contracts', key })) ?? undefined, offered);
    return [recordedChange(contractRule, key, offered)];
  },
});

const removeContract = governedTask({
  intent: 'governance.remove_data_contract',
  ofTenant: true,
  removes: (payload, context) => ({ list: 'data_contracts', key: `${ownerOf(payload, context)}/${payload.artifact_type}`, field: '/artifact_type' }),
  description: 'Ends the contract on artifacts of a type: nothing is promised of them any more.',
  input: z.object({ ...ofTenant, artifact_type: dataContract.shape.artifact_type, reason: z.string().min(1).max(500) }),
  changes: ({ tenant_id: named, artifact_type }, { tenant_id }) => [recordedChange(contractRule, `${named ?? tenant_id}/${artifact_type}`, null)],
});

/** What Data Steward does by governed intents. */
export const dataCapabilities = [defineClass, putBoundary, removeBoundary, placeHold, liftHold, reclassify, putContract, removeContract];

export const dataRules = [classRule, boundaryRule, holdRule, classificationRule, contractRule];
