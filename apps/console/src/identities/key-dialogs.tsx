import type { ApiKeyView, IssuedKey } from '@symphainy/client';
import { useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useTell } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { CopyText } from '../ui/copy-text.js';
import { Dialog } from '../ui/dialog.js';
import { ChoiceField, TextField } from '../ui/field.js';
import { orderOf, type KeyDraft } from './key-standing.js';

const ends = [['', 'Never'], ['86400', 'In a day'], ['604800', 'In a week'], ['2592000', 'In 30 days'], ['7776000', 'In 90 days'], ['31536000', 'In a year']] as const;

export function IssueKeyDialog({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const platform = usePlatform();
  const [draft, setDraft] = useState<KeyDraft>({ user: '', keyId: '', expiresIn: '7776000', access: 'all', intents: '' });
  const [issued, setIssued] = useState<IssuedKey>();
  const issue = async (): Promise<'stay'> => {
    setIssued(await platform.keys.issue(orderOf(draft, tenant)));
    return 'stay';
  };
  const edit = (change: Partial<KeyDraft>): void => setDraft((before) => ({ ...before, ...change }));
  if (issued) return <ShownOnce issued={issued} onClose={onClose} />;
  return (
    <ChangeDialog title={`Issue a key of ${tenant}`} submit="Issue" onClose={onClose} onSubmit={issue} lead="It opens what policy permits its user, narrowed by its scope. You see it once.">
      <TextField label="For" mono required value={draft.user} placeholder="user id" onChange={(user) => edit({ user })} />
      <div className="field-pair">
        <TextField label="Key id" mono optional value={draft.keyId} note="to tell it from others" onChange={(keyId) => edit({ keyId })} />
        <ChoiceField label="Ends" value={draft.expiresIn} options={ends} onChange={(expiresIn) => edit({ expiresIn })} />
      </div>
      <ChoiceField label="Scope" value={draft.access} options={[['all', 'Whatever its user may'], ['read', 'Only reads'], ['intents', 'Only these intents, and reads']]} onChange={(access) => edit({ access: access as KeyDraft['access'] })} />
      {draft.access === 'intents' && <TextField label="Intents" mono required value={draft.intents} placeholder="content.*, insights.profile" onChange={(intents) => edit({ intents })} />}
    </ChangeDialog>
  );
}

export function RotateKeyDialog({ apiKey: { key_id, tenant_id }, onClose }: { apiKey: ApiKeyView; onClose: () => void }) {
  const platform = usePlatform();
  const [expiresIn, setExpiresIn] = useState('7776000');
  const [overlap, setOverlap] = useState('0');
  const [issued, setIssued] = useState<IssuedKey>();
  const rotate = async (): Promise<'stay'> => {
    setIssued(await platform.keys.rotate(key_id, { tenant_id, overlap_s: Number(overlap), ...(expiresIn !== '' && { expires_in_s: Number(expiresIn) }) }));
    return 'stay';
  };
  if (issued) return <ShownOnce issued={issued} onClose={onClose} />;
  return (
    <ChangeDialog title={`Rotate ${key_id}`} submit="Rotate" onClose={onClose} onSubmit={rotate} lead="A new key takes its place: same user, same scope.">
      <ChoiceField label="The old key ends" value={overlap} options={[['0', 'At once'], ['3600', 'In an hour'], ['86400', 'In a day'], ['604800', 'In a week']]} onChange={setOverlap} />
      <ChoiceField label="The new key ends" value={expiresIn} options={ends} onChange={setExpiresIn} />
    </ChangeDialog>
  );
}

export function RevokeKeyDialog({ apiKey: { key_id, user_id, tenant_id }, onClose }: { apiKey: ApiKeyView; onClose: () => void }) {
  const platform = usePlatform();
  const tell = useTell();
  const revoke = async (): Promise<void> => {
    await platform.keys.revoke(key_id, tenant_id);
    tell({ what: `The key ${key_id} was revoked, and is refused` });
  };
  return <ChangeDialog title={`Revoke ${key_id}?`} submit="Revoke it" busyText="Until it is refused…" destroys onSubmit={revoke} onClose={onClose} lead={`For good. Whatever uses this key of ${user_id} is refused from then on.`} />;
}

function ShownOnce({ issued: { api_key, key_id, user_id }, onClose }: { issued: IssuedKey; onClose: () => void }) {
  const tell = useTell();
  const done = (): void => {
    tell({ what: `The key ${key_id} of ${user_id} holds` });
    onClose();
  };
  return (
    <Dialog title="Copy the key now" onClose={done}>
      <p className="dialog-lead">This is the only time that it is shown. The platform holds its hash; nobody can show it again.</p>
      <div className="key-shown"><CopyText value={api_key} label="the key" className="copy key-copy" /></div>
      <p className="field-note">{key_id}, for {user_id}. Keep it where programs read secrets, not in a command line or a file under version control.</p>
      <div className="dialog-actions"><button type="button" className="button button-primary" onClick={done}>I have it</button></div>
    </Dialog>
  );
}
