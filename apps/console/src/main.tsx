/**
 * console: the admin and builder UI, a client of the gateway like any other.
 *
 * It keeps nothing but the credential and the chosen session, in session storage. Order: sign in (`account/`), then pages by route
 * (`executions/`, `execution/`, `attention/`, `schedules/`, `artifacts/`, `submit/`; data in `document/`, `records/`, `lineage/`, `search/`; what is asked of executions in `operations/`; governance in `govern/`, `policies/`, `tenants/`, `identities/`, `registry/`, `health/`), all of which reach the platform through `platform/` alone.
 *
 * C1 No request leaves the gateway's origin; no inline script or style, so that the strictest content policy holds.
 * C2 What a page shows of a running execution is the fold of its committed frames (`timeline/`), never a guess.
 * C3 An operation is offered by how an execution stands; whether the caller may is answered by the platform, and its refusal is shown.
 * C4 What documents say is text: it is never made HTML, and no address in it is followed. Large files are read by ranges.
 * C5 Every error is shown with its code, its field where it has one, and what to do.
 */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import './styles/tokens.css';
import './styles/elements.css';
import './styles/shell.css';
import './styles/executions.css';
import './styles/execution.css';
import './styles/operations.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(<StrictMode><App /></StrictMode>);
