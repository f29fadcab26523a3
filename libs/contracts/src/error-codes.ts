/**
 * Every error code there is. Codes are public and stable; wording is free to change. `docs/reference/errors.md` is generated from
 * this table, and a house rule compares them both ways.
 */
export interface ErrorCodeEntry {
  readonly kind: 'platform' | 'domain' | 'agent';
  readonly retry: 'terminal' | 'retryable';
  /** HTTP status at the gateway. */
  readonly status: number;
  readonly title: string;
  readonly fix: string;
}

const platform = (status: number, title: string, fix: string): ErrorCodeEntry => ({ kind: 'platform', retry: 'terminal', status, title, fix });
const passing = (status: number, title: string, fix: string): ErrorCodeEntry => ({ kind: 'platform', retry: 'retryable', status, title, fix });
const domain = (title: string, fix: string): ErrorCodeEntry => ({ kind: 'domain', retry: 'terminal', status: 422, title, fix });

export const errorCodes = {
  // the request
  'request.malformed': platform(400, 'The body is not valid JSON', 'send well-formed JSON'),
  'request.invalid': platform(400, 'The request does not fit its schema', 'correct the named field'),
  'request.unsupported_media_type': platform(415, 'The content type is not supported', 'send application/json, or multipart/form-data for uploads'),
  'request.too_large': platform(413, 'The request body is too large', 'send less; files go to POST /v1/files'),
  'request.headers_too_large': platform(431, 'The request’s headers are too large', 'send fewer and shorter headers'),
  'request.timeout': passing(408, 'The request did not arrive in time', 'send it again, whole'),
  'request.method_not_allowed': platform(405, 'The route does not take this method', 'use a method that the Allow header names; see /v1/openapi.json'),
  'request.not_found': platform(404, 'There is no such route', 'see /v1/openapi.json for the routes'),
  'request.range_unsatisfiable': platform(416, 'The range lies outside the content', 'ask for a range within the size that Content-Range tells'),
  'request.answer_too_large': platform(413, 'The answer is larger than 48 MiB', 'ask for less: a page, or one artifact at a time'),
  'request.rate_limited': passing(429, 'Too many requests', 'wait for the time in Retry-After'),
  // who is calling
  'auth.missing': platform(401, 'No credentials were sent', 'send an API key or a bearer token in the Authorization header'),
  'auth.invalid': platform(401, 'The credentials are not valid', 'check the key or token; ask Security Guard for a new one'),
  'auth.expired': platform(401, 'The credentials have expired', 'rotate the key or fetch a new token'),
  'auth.revoked': platform(401, 'The credentials were revoked', 'ask Security Guard for new ones'),
  'auth.scope': platform(403, 'The API key may not be used for this', 'use a key whose scope holds it, or ask Security Guard for one'),
  'auth.unavailable': passing(503, 'Credentials cannot be checked yet', 'try again shortly: the gateway has no verification keys from Smart City'),
  // sessions
  'session.not_found': platform(404, 'There is no such session for this tenant', 'create a session with POST /v1/sessions'),
  'session.closed': platform(409, 'The session is closed', 'create a new session'),
  'session.foreign_user': platform(403, 'The session belongs to another user', 'use a session of your own'),
  // intents
  'intent.unknown': platform(404, 'No capability serves this intent', 'see GET /v1/capabilities for the intents that are registered'),
  'intent.retired': platform(410, 'The capability that served this intent is retired', 'use the replacement that details name, if there is one'),
  'intent.tenant_mismatch': platform(403, 'The intent names another tenant', 'leave tenant_id out, or send your own'),
  'intent.realm_mismatch': platform(400, 'The realm does not agree with the intent type', 'leave realm out, or send the part before the dot'),
  'intent.payload_invalid': platform(422, 'The payload does not fit the capability’s input contract', 'correct the named field; see GET /v1/capabilities/{intent_type}'),
  'intent.reference_unknown': platform(422, 'The payload names a reference that does not exist for this tenant', 'name an artifact of your tenant: <execution_id>/<step>/<name>'),
  'intent.duplicate': platform(409, 'The idempotency key was used for a different request', 'use a new key for a new request'),
  'intent.child_not_allowed': platform(403, 'The capability may not use this child intent', 'declare it among the capability’s children and register again'),
  // policy
  'policy.denied': platform(403, 'Policy denies this intent', 'ask for a permit: the verdicts in details say who denied and why'),
  'policy.no_bundle': passing(503, 'No governance bundle is loaded', 'start Smart City, or wait for its bundle: without policy nothing executes'),
  'policy.bundle_stale': passing(503, 'Smart City has not confirmed the governance bundle for too long', 'bring Smart City back, or its connection to the runtimes: what runs goes on, nothing new starts'),
  'policy.bundle_invalid': platform(503, 'The governance bundle’s signature or content is not valid', 'check the bundle signing key of Smart City and this runtime'),
  'saga.not_allowed': platform(403, 'The tenant’s rules do not allow this saga', 'see details for the rule and the step; ask Conductor to change the rule'),
  // executions
  'execution.not_found': platform(404, 'There is no such execution for this tenant', 'check the id'),
  'execution.not_waiting': platform(409, 'The execution does not wait for this signal', 'read its status; it may have ended'),
  'execution.signal_reserved': platform(403, 'Signals of this execution are the platform’s own', 'send signals to executions of your intents; files come through POST /v1/files'),
  'execution.ended': platform(409, 'The execution has ended', 'nothing to do; read its result'),
  'execution.cancelled': platform(409, 'The execution was cancelled', 'submit a new intent'),
  'execution.output_invalid': { ...domain('The last step’s output does not fit the output contract', 'correct the handler or the contract'), kind: 'domain', status: 500 },
  'execution.deadline_exceeded': platform(504, 'The execution did not end by its deadline', 'raise the deadline, or make its steps faster'),
  'execution.terminated': platform(409, 'The execution was terminated by an operator', 'read its records for who and why; submit a new intent'),
  'execution.not_applicable': platform(409, 'The operation does not apply to the execution as it stands', 'read its status: the error’s message says what it would need'),
  'artifact.not_found': platform(404, 'There is no such artifact for this tenant', 'an artifact id reads <execution_id>/<step>/<name>'),
  'record.not_found': platform(404, 'There is no such record for this tenant', 'check the id'),
  // steps
  'step.timeout': { kind: 'platform', retry: 'retryable', status: 504, title: 'The step had no result in time', fix: 'raise the step’s timeout_ms, or make its handler faster' },
  'step.handler_missing': platform(500, 'The realm has no handler for this step', 'deploy the realm build that the registered saga expects'),
  'step.result_invalid': { ...domain('The handler’s result does not fit the step-result contract', 'return output, artifacts, events and state_changes only'), status: 500 },
  'step.too_large': domain('What the step was to be given, or handed back, is larger than a message may be', 'hand large values on as artifacts (task.artifact, task.items), and let a step need fewer others'),
  'step.abandoned': platform(409, 'The step was given up because a step beside it failed', 'see the failed step'),
  'choice.no_case': domain('No case of the choice fits the outcome', 'return an outcome label that the choice names, or declare otherwise'),
  'timer.invalid': domain('The step’s output names no moment to wait for', 'return a timestamp, or an object with due_at'),
  'schedule.invalid': domain('The payload tells no schedule', 'send a cron expression of five fields, and a time zone that exists'),
  'map.source_invalid': domain('The step’s output is no source of items', 'return a list, or what task.items() gives'),
  'map.dead_letters': domain('More items failed than the map tolerates', 'read the failures, mend the items or the handler, and retry the step'),
  'map.chunk_abandoned': domain('The chunk was out when its execution was given up', 'nothing: retry the execution to run its items again'),
  'effect.unknown': platform(409, 'Whether the effect happened is not known', 'ask the outside system, then resolve the effect'),
  'effect.not_approved': platform(403, 'The effect was not approved', 'ask an approver other than the submitter'),
  'compensation.failed': platform(500, 'A compensation failed for good', 'mend the cause and retry the compensation, or skip it with a reason'),
  'realm.unavailable': passing(503, 'No instance of the realm answers', 'start the realm; the execution waits for it'),
  // tokens and hydration
  'token.invalid': platform(403, 'The execution token is not valid', 'use the token of the running attempt'),
  'token.expired': platform(403, 'The execution token has expired', 'the attempt is over'),
  'reference.not_allowed': platform(403, 'The step may not read this reference', 'name the reference in the payload, or declare the tool'),
  'reference.changed': platform(409, 'The data is no longer as it was registered', 'register it again, and use the new reference'),
  'reference.external': platform(422, 'The reference’s data is kept elsewhere and has no bytes here', 'read it in a step, through the connector of its binding'),
  'lineage.place_not_found': platform(404, 'Nothing stands at this place, or nothing is told of where it comes from', 'name a place that the artifact’s lineage covers: GET /v1/references/{id} tells it'),
  'tool.not_allowed': platform(403, 'The capability does not declare this tool', 'declare it among the capability’s tools and register again'),
  'data.erased': platform(410, 'The personal data it needs was erased', 'nothing to do: its subject’s key was destroyed on purpose'),
  'data.key_unknown': platform(500, 'A key of personal data was wrapped under a secret that this runtime was not given', 'give the runtimes the former PERSONAL_DATA_KEY as PERSONAL_DATA_KEY_PREVIOUS, and submit runtime.rewrap_keys in the tenant'),
  'data.subject_missing': platform(422, 'A personal field does not say whose it is', 'send the subject that the contract’s x-personal names'),
  'data.withheld': platform(403, 'The boundary that was decided at acceptance withholds this data', 'declare the purpose that may see it, or ask the data steward'),
  'data.held': platform(409, 'A legal hold keeps this data', 'lift the hold first: governance.lift_hold'),
  'data.contract_violated': domain('An artifact does not fit its data contract', 'correct the producer, or agree on a new version of the contract'),
  'object.missing': platform(410, 'The object’s bytes are not in the store', 'upload the file again'),
  'object.hash_mismatch': platform(409, 'The object’s bytes do not match their recorded hash', 'the store was changed; restore the object'),
  'object.ticket_invalid': platform(403, 'The object ticket is not valid or has expired', 'ask the Runtime for a new one'),
  // uploads
  'upload.too_large': platform(413, 'The file is larger than the tenant’s limit', 'send a smaller file, or ask City Manager to raise max_upload_bytes'),
  'upload.quota_exceeded': platform(413, 'The upload would exceed the tenant’s quota', 'delete what is no longer needed, or ask City Manager to raise the quota'),
  'upload.empty': platform(422, 'The file is empty', 'send a file with content'),
  'upload.missing_file': platform(400, 'The form has no file part', 'send the file in a part named "file"'),
  'upload.interrupted': passing(400, 'The upload ended before the file was complete', 'send it again'),
  // the log
  'wal.chain_broken': platform(500, 'The stream’s hash chain does not hold', 'treat the log as tampered with: restore it from a sealed copy'),
  'execution.archived': platform(409, 'The execution is archived: it can be read and not go on', 'submit a new intent'),
  'archive.unreadable': platform(500, 'An archived stream cannot be read, or does not hash to what was recorded', 'restore the object from a copy of the object store'),
  'replay.refused': platform(403, 'A replay may not do this', 'nothing to do: the step is reported as not comparable'),
  'evidence.not_sealed': passing(503, 'The log is not sealed up to now yet', 'try again shortly: the sealer is behind'),
  'evidence.checkpoint_not_found': platform(404, 'There is no checkpoint of this size for this tenant', 'name the tree_size of a checkpoint you were given'),
  'evidence.too_large': platform(413, 'The evidence is larger than one bundle may be (480 MiB of text)', 'export single executions, or leave the objects out'),
  'wal.unavailable': passing(503, 'The log cannot be written now', 'try again shortly; nothing was accepted'),
  'runtime.overloaded': passing(429, 'The runtime has no room for another execution now', 'wait for the time in Retry-After'),
  'tenant.overloaded': passing(429, 'The tenant has as many executions running and waiting as it may', 'wait for the time in Retry-After, or ask City Manager to raise the tenant’s limits'),
  'capability.overloaded': passing(429, 'As many executions of this capability are running as the tenant may have', 'wait for the time in Retry-After, or ask Traffic Cop to raise the bound'),
  'runtime.unavailable': passing(503, 'No runtime answers', 'try again shortly'),
  'runtime.fenced': passing(503, 'This runtime lost its lease', 'try again: another runtime has taken over'),
  'wait.elapsed': passing(504, 'The answer did not come in time', 'read the execution’s status by its id'),
  'smart_city.unavailable': passing(503, 'Smart City does not answer', 'try again shortly'),
  'platform.internal': passing(500, 'Something unexpected happened inside the platform', 'try again; if it persists, give the operator the execution id'),
  'platform.draining': passing(503, 'The service is shutting down', 'try again: another instance will answer'),
  // governance
  'registration.invalid': platform(422, 'The registration does not fit its contract', 'correct the named field'),
  'registration.conflict': platform(409, 'The capability belongs to another realm, or its version holds other content', 'raise the version, or use another name'),
  'registration.incompatible': platform(409, 'The new version breaks a contract that others rely on', 'keep to the contract, or declare the break by raising the major version'),
  'governance.conflict': platform(409, 'The governance change contradicts what stands', 'read what stands, and send a change that follows from it'),
  'grant.not_found': platform(404, 'There is no such grant for this tenant', 'see GET /v1/grants; what was asked for a moment ago may take a second to show'),
  'grant.not_pending': platform(409, 'The grant is decided already, or its request has lapsed', 'read its status; ask for a new grant'),
  'key.not_found': platform(404, 'There is no such API key for this tenant', 'see GET /v1/keys'),
  'key.exists': platform(409, 'There is an API key of this id', 'leave key_id out, or choose another'),
  'governance.invalid': platform(422, 'The governance change is not valid', 'correct the named field'),
  'governance.tests_failed': platform(409, 'Policy tests fail under the candidate', 'correct the policies, or the tests that details name, and stage them again'),
  'subscription.not_found': platform(404, 'There is no such subscription for this tenant', 'see governance.list_subscriptions'),
  'subscription.exists': platform(409, 'The tenant has a subscription of this name', 'change it with governance.change_subscription, or choose another name'),
  'subscriber.unavailable': passing(503, 'No subscriber listens on the subject', 'start it: what it missed waits for it'),
  'webhook.target_refused': platform(422, 'A webhook may not go there', 'name a URL with https: whose name leads to public addresses only'),
  // content
  'content.empty_file': domain('The file has no bytes', 'upload a file with content'),
  'content.unrecognised': domain('The file’s content is of no kind that can be read', 'send a PDF, DOCX, XLSX, PPTX, CSV, JSON, XML, HTML, text, e-mail, picture, or a mainframe file with its copybook'),
  'content.type_mismatch': domain('The file’s content is not what its name or media type says', 'correct the name or media type, or send the right file'),
  'content.corrupt': domain('The file is truncated or corrupt', 'send an intact copy'),
  'content.password_protected': domain('The file is protected by a password', 'send a copy without protection'),
  'content.too_large': domain('The file is too large to be read as a whole', 'split it'),
  'content.too_costly': domain('Reading the file takes more memory or time than one file may take', 'split it, or save it anew with a program that writes it plainly'),
  'content.unsafe': domain('The file holds what no reader should carry out', 'send it without the part that the message names'),
  'content.encoding': domain('The text’s encoding cannot be read', 'send UTF-8, or name the encoding'),
  'copybook.syntax': domain('The copybook does not parse', 'correct the named line'),
  'copybook.mismatch': domain('The copybook does not fit its data', 'check the record length and format: the file’s size must be a whole number of records'),
  'copybook.unsupported': domain('The copybook uses a clause that is not supported', 'see docs/guides/mainframe.md for the clauses that are'),
  'copybook.code_page': domain('The code page is not known', 'name one of the supported code pages'),
  // insights, journey, solution
  'mash.sql_invalid': domain('The query does not parse, or names what there is not', 'correct the query at the place that the message names'),
  'mash.sql_refused': domain('The query does what a mash may not', 'write one SELECT over the declared sources, of functions that compute from their arguments'),
  'mash.column_unknown': domain('The query names a column that there is not', 'name one of the source’s columns: they are listed in details, or in the error’s message'),
  'mash.mapping_invalid': domain('The mapping does not make a query', 'correct the named field of the mapping'),
  'mash.source_invalid': domain('A source cannot be read as a table', 'name a CSV, JSON, JSON lines or Parquet file, a document of content.ingest, or a dataset of content.decode'),
  'mash.value_invalid': domain('A value does not fit what the query does with it', 'cast with TRY_CAST, or guard divisions with NULLIF'),
  'mash.too_costly': domain('The mash takes more memory, disk or time than one may take', 'filter earlier, aggregate, or read fewer rows'),
  'insights.not_tabular': domain('The artifact holds no table', 'name an artifact of a table, or say which table'),
  'journey.no_procedure': domain('The document holds no numbered procedure', 'name a document with numbered steps'),
  'journey.model_mismatch': { ...domain('The BPMN model does not read back equal', 'report the document: its model cannot be written without loss'), status: 500 },
  'solution.nothing_to_report': domain('The session has no completed execution to report on', 'run an intent first'),
  'solution.citation_broken': { ...domain('A statement’s citation does not resolve, or does not say what the statement says', 'correct the statement or its citation'), kind: 'agent' },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
