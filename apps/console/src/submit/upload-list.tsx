import { CopyText } from '../ui/copy-text.js';
import { formatBytes, formatShare, sentence } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import type { FileRole, Upload } from './uploads.js';
import type { Uploads } from './use-uploads.js';

export function UploadList({ uploads, remove, setRole }: Omit<Uploads, 'add'>) {
  return (
    <ul className="upload-list" aria-label="Files">
      {uploads.map((upload) => <UploadRow key={upload.id} upload={upload} onRemove={() => remove(upload.id)} onRole={(role) => setRole(upload.id, role)} />)}
    </ul>
  );
}

function UploadRow({ upload, onRemove, onRole }: { upload: Upload; onRemove: () => void; onRole: (role: FileRole) => void }) {
  return (
    <li className={upload.problem ? 'upload upload-failed' : 'upload'}>
      <span className="artifact-icon"><Icon name={upload.problem ? 'alert' : upload.receipt ? 'check' : 'file'} /></span>
      <div className="upload-body">
        <p className="upload-name"><span title={upload.filename}>{upload.filename}</span><span className="quiet">{formatBytes(upload.size)}</span></p>
        <UploadState upload={upload} />
      </div>
      <span className="select">
        <select aria-label={`What ${upload.filename} is`} value={upload.role} onChange={(event) => onRole(event.target.value as FileRole)}>
          <option value="data">Data</option>
          <option value="copybook">Copybook</option>
        </select>
        <Icon name="down" size={12} />
      </span>
      <button type="button" className="icon-button" onClick={onRemove} aria-label={`Remove ${upload.filename}`}><Icon name="close" size={14} /></button>
    </li>
  );
}

function UploadState({ upload }: { upload: Upload }) {
  if (upload.problem) {
    return <p className="upload-problem" role="alert">{sentence(upload.problem.message)} {upload.problem.fix && sentence(upload.problem.fix)} <code>{upload.problem.code}</code></p>;
  }
  if (upload.receipt) return <p className="upload-reference"><CopyText value={upload.receipt.reference} shown={`${upload.receipt.media_type} · ${upload.receipt.hash.slice(0, 10)}`} label="reference" /></p>;
  return <p className="upload-progress"><progress max={1} value={upload.sent} aria-label={`Upload of ${upload.filename}`} /><span>{upload.sent < 1 ? formatShare(upload.sent) : 'Storing…'}</span></p>;
}
