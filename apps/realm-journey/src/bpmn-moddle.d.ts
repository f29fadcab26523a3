/** The part of bpmn-moddle that is used; the package's own types do not cover its entry. */
declare module 'bpmn-moddle' {
  export interface ModdleElement {
    $type: string;
    $parent?: ModdleElement;
    id?: string;
    get(name: string): unknown;
    set(name: string, value: unknown): void;
  }
  export interface ParseResult {
    rootElement: ModdleElement;
    warnings: readonly { message: string }[];
    elementsById: Readonly<Record<string, ModdleElement>>;
  }
  export class BpmnModdle {
    create(type: string, attributes?: Record<string, unknown>): ModdleElement;
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>;
    fromXML(xml: string): Promise<ParseResult>;
  }
}
