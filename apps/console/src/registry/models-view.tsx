import type { Json, SemanticSchema, Vocabulary } from '@symphainy/contracts';
import { Icon } from '../ui/icon.js';
import { Entries } from './entries-view.js';
import { SchemaView } from './schema-view.js';

const keeps: Readonly<Record<SemanticSchema['compatibility'], string>> = {
  backward: 'Later versions of its major number take what fitted before.',
  forward: 'Readers of older versions understand later ones of its major number.',
  full: 'Versions of its major number understand each other both ways.',
  none: 'A later version may be anything.',
};

export function ModelsView({ find }: { find: string }) {
  return <Entries<SemanticSchema> list="schemas" what="Canonical models" find={find} empty="Librarian begins with three; put_schema adds others.">{(model) => <><p className="execution-sub">{keeps[model.compatibility]}</p><SchemaView title="Its members" schema={model.schema as Json} /></>}</Entries>;
}

export function VocabulariesView({ find }: { find: string }) {
  return (
    <Entries<Vocabulary> list="vocabularies" what="Vocabularies" find={find} empty="Librarian begins with three; put_vocabulary adds others.">
      {({ terms }) => (
        <details className="disclosure" open={find !== ''}>
          <summary><Icon name="chevron" size={11} />Terms<span className="quiet">{terms.length}</span></summary>
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th scope="col">Term</th><th scope="col">Also called</th><th scope="col">Names</th></tr></thead>
              <tbody>{terms.map(({ term, definition, synonyms, schema, path }) => <tr key={term}><th scope="row">{term}{definition && <p className="quiet">{definition}</p>}</th><td>{synonyms.join(', ')}</td><td>{path && <code>{schema && `${schema} `}{path}</code>}</td></tr>)}</tbody>
            </table>
          </div>
        </details>
      )}
    </Entries>
  );
}
