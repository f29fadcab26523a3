import fc from 'fast-check';
import { identify } from '../services/identify/identify.js';
import { normalise } from '../services/normalise/normalise.js';
import { parseCsv } from '../services/parse/parse-csv.js';
import { decodeTextFile } from './decoded-text.js';

/** Bytes of a text in an encoding that Node only decodes: by decoding all characters of one byte and two. */
function encoder(label: string): (text: string) => Buffer {
  const bytesOf = new Map<string, number[]>();
  const note = (...bytes: number[]): void => {
    const text = new TextDecoder(label).decode(Uint8Array.from(bytes));
    if ([...text].length === 1 && text !== '\ufffd' && !bytesOf.has(text)) bytesOf.set(text, bytes);
  };
  for (let first = 0; first < 256; first++) note(first);
  for (let first = 0x81; first < 255; first++) for (let second = 0x30; second < 255; second++) note(first, second);
  return (text) => Buffer.from([...text].flatMap((letter) => bytesOf.get(letter) ?? fail(letter)));
}
const fail = (letter: string): never => {
  throw new Error(`no bytes for ${letter}`);
};

const RUSSIAN = 'id,имя,город\n1,Иван Петров,Москва\n2,Мария Сидорова,Санкт-Петербург\n3,Алексей Смирнов,Новосибирск\n';
const JAPANESE = 'id,商品名,価格\n1,りんごジュース,100\n2,コーヒー豆（深煎り）,980\n3,おにぎり、東京都千代田区,120\n';
const POLISH = 'id,imię,miasto\n1,Łukasz Żółkiewski,Łódź\n2,Małgorzata Wiśniewska,Kraków\n3,Grzegorz Brzęczyszczykiewicz,Gdańsk\n';
const CZECH = 'id,jméno,město\n1,Jiří Dvořák,Plzeň\n2,Šárka Nováková,Ústí nad Labem\n3,Přemysl Černý,České Budějovice\n';

describe('an encoding that nothing names - is told where the bytes tell it, with its confidence', () => {
  it.each([
    ['windows-1251', RUSSIAN], ['koi8-r', RUSSIAN], ['iso-8859-5', RUSSIAN], ['shift_jis', JAPANESE], ['shift_jis', '番号,氏名,住所\n1,山田太郎,東京都千代田区\n2,佐藤花子,大阪府大阪市\n3,鈴木一郎,北海道札幌市\n'], ['euc-jp', JAPANESE],
    ['gb18030', '编号,姓名,城市\n1,王小明,北京市\n2,李丽,上海市\n3,张伟,广州市\n'], ['big5', '編號,姓名,城市\n1,王小明,臺北市\n2,陳美麗,高雄市\n3,林志偉,臺中市\n'], ['euc-kr', '번호,이름,도시\n1,김철수,서울특별시\n2,이영희,부산광역시\n'],
    ['windows-1250', POLISH], ['iso-8859-2', POLISH], ['windows-1250', CZECH], ['iso-8859-7', 'id,όνομα,πόλη\n1,Γιώργος Παπαδόπουλος,Αθήνα\n2,Μαρία Οικονόμου,Θεσσαλονίκη\n'],
  ])('%s - %s', async (label, text) => {
    const bytes = encoder(label)(text);
    const { metadata, tables } = await normalise(await parseCsv(bytes, {}));
    expect([metadata['encoding'], [tables[0]!.columns.map(({ name }) => name), ...tables[0]!.rows.map((row) => row.map(String))].join('\n')]).toEqual([label, text.trim()]);
    expect(metadata['encoding_confidence']).toBeGreaterThan(0.6);
    expect((await identify({ bytes, copybook: false })).kind).toBe('csv');
    const asked = new TextDecoder(label);
    expect(tables[0]!.row_sources!.map(({ byte_start, byte_end }) => asked.decode(bytes.subarray(byte_start, byte_end)))).toEqual(text.trim().split('\n').slice(1));
  });

  it.each([
    'id,nom,ville\n1,Hélène Lefèvre,Besançon\n2,François Dupré,Orléans\n3,Zoé Gérard,Béziers\n', 'id,name\n1,Jörg Müller\n2,Käthe Groß\n', 'id,nombre\n1,Peña\n2,Muñoz\n', 'id,namn,ort\n1,Åsa Öberg,Malmö\n2,Björn Sjöström,Gävle\n3,Märta Hägg,Västerås\n',
    'id,nimi\n1,Määttä Hämäläinen,Jyväskylä\n2,Äänekoski,Järvinen Mäkelä Töölö\n', 'id,x\n1,Barcelonès Núria Júlia Martínez\n2,Vilafranca del Penedès Besòs Sant Martí Ramón Català\n', 'id,x\n1,Guðmundur Þórsson Reykjavík\n2,Hafnarfjörður Jón Ásgeirsson Sigríður Björnsdóttir\n',
    'id,x\n1,½ cup café\n2,jalapeño crème brûlée piñata naïve\n', 'id,x\n1,25 °C ± 2\n2,“quoted” – 5 €\n',
  ])('Western text - stays Windows-1252: %s', (text) => {
    const read = decodeTextFile(encoder('windows-1252')(text));
    expect([read.encoding, read.text]).toEqual(['windows-1252', text]);
  });

  it('another script, and no way to tell how it is written - Windows-1252 with a confidence of 0', () => {
    expect(decodeTextFile(Buffer.from('id,name\n1,\u00c4\u00ee\u00ec\n', 'latin1')).told).toMatchObject({ encoding: 'windows-1252', encoding_confidence: 0 });
  });

  it('UTF-8 with a few bytes that are none - is UTF-8, its other letters and its places are right', async () => {
    const lines = Array.from({ length: 20 }, (_, at) => `${at},Zoë,Łódź ${at}`);
    const bytes = Buffer.concat([Buffer.from(`id,name,town\n${lines.join('\n')}\n20,`), Buffer.from([0xe9, 0x2c, 0x78, 0xf0, 0x9f, 0x98, 0x0a]), Buffer.from('21,é,😀\n')]);
    const { metadata, tables } = await normalise(await parseCsv(bytes, {}));
    expect([metadata, tables[0]!.rows.slice(19)]).toEqual([{ encoding: 'utf-8', encoding_confidence: 1, undecodable: 2, delimiter: ',', heading: true }, [[19, 'Zoë', 'Łódź 19'], [20, '\ufffd', 'x\ufffd'], [21, 'é', '😀']]]);
    expect(tables[0]!.row_sources!.map(({ byte_start, byte_end }) => bytes.subarray(byte_start, byte_end).toString()).at(-1)).toBe('21,é,😀');
  });
});

describe('places of characters - are those of the bytes', () => {
  it.each(['shift_jis', 'euc-jp', 'euc-kr', 'gbk', 'big5'])('%s - any bytes that decode', (label) => {
    const decoder = new TextDecoder(label, { fatal: true });
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom<number[]>([0x41], [0x0a], [0x8e, 0xa6], [0xa4, 0xa2], [0x88, 0x62], [0x8f, 0xb0, 0xa1], [0x81, 0x30, 0x81, 0x30], [0xb1]), fc.tuple(fc.integer({ min: 0x81, max: 0xfe }), fc.integer({ min: 0x40, max: 0xfe }))), { maxLength: 12 }), (parts) => {
      const valid = parts.filter((part) => tryDecode(decoder, part) !== undefined);
      const bytes = Uint8Array.from(valid.flat());
      const text = tryDecode(decoder, [...bytes]);
      fc.pre(text === valid.map((part) => tryDecode(decoder, part)).join(''));
      const read = decodeTextFile(bytes, label);
      let [unit, at] = [0, 0];
      for (const part of valid) {
        expect(read.byteAt(unit)).toBe(at);
        unit += tryDecode(decoder, part)!.length;
        at += part.length;
      }
      expect(read.byteAt(unit)).toBe(at);
    }));
  });

  it('UTF-8 with bytes that are none - each replacement character has the length of what it stands for', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (noise) => {
      const bytes = Buffer.concat([Buffer.from('é'.repeat(400)), noise, Buffer.from(' end')]);
      const read = decodeTextFile(bytes);
      fc.pre(read.encoding === 'utf-8' && read.text.includes('\ufffd'));
      expect(read.byteAt(read.text.length - 4)).toBe(bytes.length - 4);
    }), { numRuns: 300 });
  });
});

function tryDecode(decoder: InstanceType<typeof TextDecoder>, bytes: number[]): string | undefined {
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
