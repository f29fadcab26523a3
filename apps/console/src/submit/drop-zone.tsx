import { useId, useState, type DragEvent } from 'react';
import { Icon } from '../ui/icon.js';

/** Takes files by drag and drop, by click and by keyboard. */
export function DropZone({ onFiles, compact }: { onFiles: (files: readonly File[]) => void; compact: boolean }) {
  const [over, setOver] = useState(false);
  const field = useId();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  const drag = (event: DragEvent): void => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div className={`drop-zone${over ? ' drop-zone-over' : ''}${compact ? ' drop-zone-compact' : ''}`} onDragOver={drag} onDragLeave={() => setOver(false)} onDrop={drop}>
      <input id={field} type="file" multiple className="visually-hidden" aria-describedby={`${field}-kinds`} onChange={(event) => { onFiles([...(event.target.files ?? [])]); event.target.value = ''; }} />
      <label htmlFor={field}>
        <Icon name="upload" size={compact ? 16 : 20} />
        <span className="drop-zone-text">{over ? 'Drop to upload' : <><strong>Choose files</strong> or drop them here</>}</span>
      </label>
      <p id={`${field}-kinds`} className="drop-zone-kinds">PDF, DOCX, XLSX, CSV, JSON, HTML, text, e-mail, or mainframe data with its copybook</p>
    </div>
  );
}
