import { Dialog } from '../ui/dialog.js';

export function EndSchedule({ name, onClose, onEnd }: { name: string; onClose: () => void; onEnd: () => void }) {
  return (
    <Dialog title={`End the schedule of ${name}?`} onClose={onClose}>
      <p className="dialog-lead">Nothing is submitted any more. What it submitted goes on. An ended schedule does not begin again by itself.</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>Let it go on</button>
        <button type="button" className="button button-danger" onClick={onEnd}>End it</button>
      </div>
    </Dialog>
  );
}
