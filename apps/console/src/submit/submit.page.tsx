import { useState } from 'react';
import { useCapabilities } from '../platform/use-capabilities.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { CapabilityPicker } from './capability-picker.js';
import { DropZone } from './drop-zone.js';
import { PayloadPanel } from './payload-panel.js';
import { UploadList } from './upload-list.js';
import { useUploads } from './use-uploads.js';
import '../styles/submit.css';

export function SubmitPage({ intentType, source }: { intentType?: string; source?: string }) {
  const files = useUploads();
  const { value: capabilities, problem } = useCapabilities();
  const [picked, setPicked] = useState(intentType);
  const chosen = capabilities?.find((capability) => capability.name === picked) ?? capabilities?.find((capability) => capability.name === 'content.ingest') ?? capabilities?.[0];
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Upload and submit</h1>
          <p className="page-lead">Give the platform a file, choose what to do with it, and watch it happen.</p>
        </div>
      </header>
      <div className="submit-columns">
        <div className="submit-main">
          <section className="panel" aria-labelledby="files-heading">
            <div className="panel-head"><h2 id="files-heading"><span className="ordinal">1</span>Files</h2><span className="panel-note">Needed only where the payload names one</span></div>
            <DropZone onFiles={files.add} compact={files.uploads.length > 0} />
            {files.uploads.length > 0 && <UploadList uploads={files.uploads} remove={files.remove} setRole={files.setRole} />}
          </section>
          <section className="panel" aria-labelledby="capability-heading">
            <div className="panel-head"><h2 id="capability-heading"><span className="ordinal">2</span>Capability</h2></div>
            {problem && <ProblemPanel problem={problem} title="The capabilities could not be read" />}
            {capabilities === undefined ? problem === undefined && <Skeleton rows={4} label="Loading capabilities" /> : <CapabilityPicker capabilities={capabilities} chosen={chosen?.name} onChoose={setPicked} />}
            {capabilities?.length === 0 && <p className="panel-empty">No realm has registered a capability yet. Start a realm; it registers at its start.</p>}
          </section>
        </div>
        {chosen && <PayloadPanel key={chosen.name} capability={chosen} uploads={files.uploads} source={source} />}
      </div>
    </div>
  );
}
