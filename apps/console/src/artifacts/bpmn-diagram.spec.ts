import { linesOf, readBpmnDiagram } from './bpmn-diagram.js';

const bpmn = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">
  <!-- <bpmn:task id="ghost" name="commented out" /> -->
  <bpmn:process id="p"><bpmn:startEvent id="start" /><bpmn:userTask id="t1" name="Check &quot;A&quot; &amp; B&#10;now" /><bpmn:exclusiveGateway id='g'/>
    <bpmn:sequenceFlow id="f1" name="yes" sourceRef="start" targetRef="t1" /></bpmn:process>
  <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="10" y="20" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="t1"><dc:Bounds x="100" y="0" width="140" height="80" /><bpmndi:BPMNLabel><dc:Bounds x="1" y="1" width="1" height="1" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="46" y="38" /><di:waypoint x="100" y="40" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;

describe('bpmn diagram - read from the file', () => {
  it('shapes have the place of the diagram and the name of their element', () => {
    expect(readBpmnDiagram(bpmn)?.shapes).toEqual([
      { id: 'start', kind: 'event', name: '', x: 10, y: 20, width: 36, height: 36 },
      { id: 't1', kind: 'task', name: 'Check "A" & B\nnow', x: 100, y: 0, width: 140, height: 80 },
    ]);
  });

  it('edges have their way and their name', () => {
    expect(readBpmnDiagram(bpmn)?.edges).toEqual([{ id: 'f1', name: 'yes', points: [{ x: 46, y: 38 }, { x: 100, y: 40 }] }]);
  });

  it('the box holds everything, with a margin', () => {
    expect(readBpmnDiagram(bpmn)?.box).toEqual({ x: -14, y: -24, width: 278, height: 128 });
  });

  it('areas are drawn under what stands in them', () => {
    const pool = bpmn.replace('<bpmn:process', '<bpmn:participant id="pool" name="Pool" /><bpmn:process').replace('</bpmndi:BPMNPlane>', '<bpmndi:BPMNShape bpmnElement="pool"><dc:Bounds x="0" y="0" width="9" height="9" /></bpmndi:BPMNShape></bpmndi:BPMNPlane>');
    expect(readBpmnDiagram(pool)?.shapes.map((shape) => shape.kind)).toEqual(['area', 'event', 'task']);
  });

  it.each(['', 'no xml', '<bpmn:definitions><bpmn:process id="p"/></bpmn:definitions>', '<a bpmnElement="x"><dc:Bounds x="NaN"/>'])('%j has no diagram', (text) => {
    expect(readBpmnDiagram(text)).toBeUndefined();
  });
});

describe('bpmn diagram - names in lines', () => {
  it('words stay whole, and a name too long is marked', () => {
    expect(linesOf('Notify the permits office before works begin', 18, 3)).toEqual(['Notify the permits', 'office before', 'works begin']);
    expect(linesOf('Notify the permits office before works begin', 18, 2)).toEqual(['Notify the permits', 'office before…']);
  });
});
